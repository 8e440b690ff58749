import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from '@pf/vault'

const ivBytes = 12
const tagBytes = 16

/**
 * Keycloak's refresh token as we keep it: sealed (AES-256-GCM) under a key that only our own refresh token yields, of which
 * we keep the hash alone. So the database by itself continues no session, here or at Keycloak.
 */
export function sealHeld(held: string, ownToken: string, random: Random): string {
  const iv = random.bytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(ownToken), iv)
  const sealed = Buffer.concat([iv, cipher.update(held, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return sealed.toString('base64url')
}

/** Throws where it was sealed under another token. */
export function openHeld(sealed: string, ownToken: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', keyOf(ownToken), bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8')
}

const keyOf = (ownToken: string) => new Uint8Array(hkdfSync('sha256', ownToken, '', 'pf keycloak refresh token', 32))
