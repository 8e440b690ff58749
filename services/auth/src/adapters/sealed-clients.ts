import type { KeyRing } from '@pf/vault'
import type { Client } from '../application/client.ts'

export type Sealing = Pick<KeyRing, 'seal' | 'open'>

/** From where somebody spoke, sealed by their space's key: it goes with the key, out of backups as well. */
export async function sealClient(keys: Sealing, spaceId: string, place: string, client: Client | undefined) {
  const plain = new TextEncoder().encode(JSON.stringify(client ?? null))
  const { keyId, bytes } = await keys.seal(spaceId, plain, place)
  return { keyId, sealed: bytes }
}

/** Undefined where nothing was kept, or the key is being erased at this moment. */
export async function openClient(
  keys: Sealing,
  spaceId: string,
  place: string,
  { keyId, sealed }: { keyId?: string | null; sealed?: Uint8Array | null },
): Promise<Client | undefined> {
  if (!keyId || !sealed) return undefined
  try {
    const plain = await keys.open(spaceId, keyId, sealed, place)
    return (JSON.parse(new TextDecoder().decode(plain)) as Client | null) ?? undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'KeyMissing') return undefined
    throw error
  }
}
