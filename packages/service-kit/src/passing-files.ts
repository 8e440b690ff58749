import type { RawRef } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { KeyRing } from '@pf/vault'

type Parts = {
  objects: Pick<ObjectStore, 'put' | 'get' | 'delete'>
  keys: Pick<KeyRing, 'createAccountKey' | 'sealObject' | 'openObject'>
}

/**
 * A file on its way from the service that made it to who asked for it, too large for the bus: pieces in the object store,
 * sealed under the space's key, which the reader deletes as it goes. Storage sweeps what nobody fetched, and an erasure
 * takes all of the space.
 */
export async function passOn(
  { objects, keys }: Parts,
  { spaceId, id }: { spaceId: string; id: string },
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<RawRef[]> {
  // It belongs to no account: the space's own id stands for one.
  await keys.createAccountKey(spaceId, spaceId)
  const passed: RawRef[] = []
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      const key = `download/${spaceId}/${id}/${passed.length}`
      passed.push({ key, sha256: sha256(piece), bytes: piece.length })
      await objects.put(key, await keys.sealObject(spaceId, spaceId, piece))
    }
    signal.throwIfAborted()
    return passed
  } catch (error) {
    for (const { key } of passed) await objects.delete(key)
    throw error
  }
}

/**
 * Its pieces, one in memory at a time, each deleted when the reader comes for the next; all of them when it leaves. Throws
 * ObjectNotFound where it was read, or erased, before.
 */
export async function* fetchPassed(
  { objects, keys }: Parts,
  spaceId: string,
  passed: readonly RawRef[],
): AsyncGenerator<Uint8Array> {
  try {
    for (const { key, sha256: expected } of passed) {
      const piece = await keys.openObject(spaceId, spaceId, await objects.get(key))
      if (sha256(piece) !== expected) throw new ObjectNotFound(key)
      yield piece
      await objects.delete(key)
    }
  } finally {
    for (const { key } of passed) await objects.delete(key)
  }
}
