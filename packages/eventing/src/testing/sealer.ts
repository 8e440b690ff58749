import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { KeyMissing, SealBroken, type Sealer } from '../ports.ts'

/**
 * AES-256-GCM under a key made from the space's id: for specs only. `erase` makes a space's key missing, as erasure does;
 * nothing opens while it `breaks`.
 */
export function openSealer(): Sealer & { erase(spaceId: string): void; breaks: boolean } {
  const erased = new Set<string>()
  const keyOf = (spaceId: string) => {
    if (erased.has(spaceId)) throw new KeyMissing(spaceId)
    return createHash('sha256').update(spaceId).digest()
  }
  return {
    breaks: false,
    async seal(spaceId, plain, aad) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(spaceId), nonce).setAAD(Buffer.from(aad))
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      return { keyId: `key-of-${spaceId}`, bytes: new Uint8Array(sealed) }
    },
    async open(spaceId, keyId, bytes, aad) {
      if (this.breaks) throw new SealBroken(keyId)
      const decipher = createDecipheriv('aes-256-gcm', keyOf(spaceId), bytes.subarray(0, 12))
        .setAAD(Buffer.from(aad))
        .setAuthTag(bytes.subarray(-16))
      const opened = decipher.update(bytes.subarray(12, -16))
      try {
        return new Uint8Array(Buffer.concat([opened, decipher.final()]))
      } catch (cause) {
        throw new SealBroken(keyId, cause)
      }
    },
    erase: (spaceId) => void erased.add(spaceId),
  }
}
