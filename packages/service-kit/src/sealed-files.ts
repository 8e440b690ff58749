import { createHash } from 'node:crypto'
import type { SealedFile } from '@pf/contracts'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { KeyRing } from '@pf/vault'

type Parts = {
  objects: Pick<ObjectStore, 'put' | 'get' | 'deleteAll'>
  keys: Pick<KeyRing, 'createAccountKey' | 'sealObject' | 'openObject'>
}

/** What is in memory at a time, of who writes it and of who reads it. */
const pieceBytes = 4 * 1024 * 1024

/**
 * Keeps a file of the space in `folder` of the object store, in pieces sealed under the space's key. What an earlier attempt
 * left there goes first. Throws the signal's reason.
 */
export async function keepSealed(
  { objects, keys }: Parts,
  { spaceId, folder }: { spaceId: string; folder: string },
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Omit<SealedFile, 'folder'>> {
  await objects.deleteAll(folder)
  // It belongs to no account: the space's own id stands for one.
  await keys.createAccountKey(spaceId, spaceId)
  const digest = createHash('sha256')
  let [pieces, bytes] = [0, 0]
  for await (const piece of inPieces(content)) {
    signal.throwIfAborted()
    digest.update(piece)
    bytes += piece.length
    await objects.put(`${folder}/${pieces++}`, await keys.sealObject(spaceId, spaceId, piece))
  }
  signal.throwIfAborted()
  return { pieces, bytes, sha256: digest.digest('hex') }
}

/** As it was written, one piece in memory at a time. Throws ObjectNotFound where a piece is gone, or is not what it was. */
export async function* readSealed(
  { objects, keys }: Pick<Parts, 'keys'> & { objects: Pick<ObjectStore, 'get'> },
  spaceId: string,
  { folder, pieces, sha256 }: SealedFile,
): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  for (let n = 0; n < pieces; n++) {
    const piece = await keys.openObject(spaceId, spaceId, await objects.get(`${folder}/${n}`))
    digest.update(piece)
    // The last one is given when the whole is right: who reads gets a cut file, never a wrong one that looks whole.
    if (n === pieces - 1 && digest.digest('hex') !== sha256) throw new ObjectNotFound(`${folder}/${n}`)
    yield piece
  }
}

async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [waiting, length]: [Uint8Array[], number] = [[], 0]
  for await (const chunk of content) {
    waiting.push(chunk)
    length += chunk.length
    while (length >= pieceBytes) {
      const all = Buffer.concat(waiting, length)
      yield all.subarray(0, pieceBytes)
      waiting = [all.subarray(pieceBytes)]
      length -= pieceBytes
    }
  }
  if (length > 0) yield Buffer.concat(waiting, length)
}
