import { type RawRef, refuse, type SealedFile } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import { fetchPassed, readSealed } from '@pf/service-kit'
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

/** Files on their way from the service that wrote them; a piece is gone once it was read. */
export type Downloads = {
  read(spaceId: string, pieces: readonly RawRef[]): AsyncGenerator<Uint8Array>
  /** One that is kept: it can be read again. Throws export_not_found where it is gone before its first byte. */
  readKept(spaceId: string, file: SealedFile): Promise<AsyncGenerator<Uint8Array>>
}

export const sealedDownloads = (objects: ObjectStore, keys: KeyRing): Downloads => ({
  read: (spaceId, pieces) => fetchPassed({ objects, keys }, spaceId, pieces),
  async readKept(spaceId, file) {
    const pieces = readSealed({ objects, keys }, spaceId, file)
    // The first one is fetched before anything is answered: what an erasure or a restore took is not found, not cut off.
    const first = await pieces.next().catch((error: unknown) => {
      if (!(error instanceof ObjectNotFound)) throw error
      throw refuse('export_not_found', 'The file of this export is gone. Ask for another one.')
    })
    return (async function* () {
      if (!first.done) yield first.value
      yield* pieces
    })()
  },
})
