import { createHash } from 'node:crypto'
import type { RawRef } from '@pf/contracts'
import type { ObjectStore } from '@pf/object-store'
import type { KeyRing } from '@pf/vault'
import type { RawObjects } from '../application/ports.ts'

/** Raw responses: compressed, sealed under the account's key. */
export function sealedRawObjects(objects: ObjectStore, keys: Pick<KeyRing, 'openObject' | 'sealObject'>): RawObjects {
  return {
    async keep({ spaceId, accountId }, name, bytes) {
      const key = `raw/${spaceId}/${accountId}/${name}.zst`
      await objects.put(key, await keys.sealObject(spaceId, accountId, bytes))
      return { key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
    },
    async read({ spaceId, accountId }, raw) {
      const plain = await keys.openObject(spaceId, accountId, await objects.get(raw.key))
      const sha256 = createHash('sha256').update(plain).digest('hex')
      if (sha256 !== raw.sha256) throw new RawObjectChanged(raw, sha256)
      return plain
    },
  }
}

export class RawObjectChanged extends Error {
  readonly code = 'raw_object_changed'
  constructor(raw: Pick<RawRef, 'key' | 'sha256'>, found: string) {
    super(
      `raw_object_changed: ${raw.key} has SHA-256 ${found}, its event says ${raw.sha256}; restore the object from a backup`,
    )
    this.name = 'RawObjectChanged'
  }
}
