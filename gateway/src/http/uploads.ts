import type { RawRef } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { KeyRing } from '@pf/vault'

/** Files on their way to the service that reads them, sealed under a key of their space. */
export type Uploads = {
  put(spaceId: string, id: string, bytes: Uint8Array): Promise<RawRef>
  drop(raw: RawRef): Promise<void>
}

export function sealedUploads(objects: ObjectStore, keys: Pick<KeyRing, 'createAccountKey' | 'sealObject'>): Uploads {
  return {
    async put(spaceId, id, bytes) {
      // No account owns it yet: the space's own id stands for one.
      await keys.createAccountKey(spaceId, spaceId)
      const key = `upload/${spaceId}/${id}`
      await objects.put(key, await keys.sealObject(spaceId, spaceId, bytes))
      return { key, sha256: sha256(bytes), bytes: bytes.length }
    },
    drop: ({ key }) => objects.delete(key),
  }
}
