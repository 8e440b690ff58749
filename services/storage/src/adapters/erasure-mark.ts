import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { ErasureMark } from '@pf/service-kit'

const key = 'erasures/followed.json'

/** How far the object store has followed the erasure ledger: an object in it, so that a restored store says how old it is. */
export function objectStoreMark(objects: Pick<ObjectStore, 'get' | 'put'>): ErasureMark {
  return {
    async read() {
      try {
        const said: unknown = JSON.parse(new TextDecoder().decode(await objects.get(key)))
        return typeof said === 'object' && said !== null && 'seq' in said ? Number(said.seq) : 0
      } catch (error) {
        if (error instanceof ObjectNotFound) return 0
        throw error
      }
    },
    async write(seq) {
      await objects.put(key, new TextEncoder().encode(JSON.stringify({ seq })))
    },
  }
}
