import { ObjectNotFound } from '@pf/object-store'
import type { LakeBeside } from '../application/remaking.ts'
import { objectLake } from './object-lake.ts'

/** A lake of its own in memory, whose files are named as those of the lake itself: of one account, some 60 bytes a transaction. */
export function lakeBeside(): LakeBeside {
  const files = new Map<string, Uint8Array>()
  const lake = objectLake({
    async put(key, body) {
      files.set(key, body)
      return { created: true }
    },
    async get(key) {
      const bytes = files.get(key)
      if (bytes === undefined) throw new ObjectNotFound(key)
      return bytes
    },
  })
  return { lake, bytesOf: (key) => files.get(key) }
}
