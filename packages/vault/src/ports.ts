/**
 * Data keys. Each key is a 32-byte root, kept wrapped by the master key in schema `vault`; sealing and fingerprint keys are
 * derived from it (HKDF). A space's key seals its events; an account's key seals its raw objects. Destroying the root
 * erases everything sealed under it.
 */
export interface KeyRing {
  /** Makes the space's root where there is none yet; idempotent. */
  createSpaceKey(spaceId: string): Promise<void>
  createAccountKey(spaceId: string, accountId: string): Promise<void>
  /** AES-256-GCM; `keyId` names root and generation. Throws KeyMissing (@pf/eventing's shape, by name). */
  seal(spaceId: string, plain: Uint8Array, aad: string): Promise<{ keyId: string; bytes: Uint8Array }>
  open(spaceId: string, keyId: string, bytes: Uint8Array, aad: string): Promise<Uint8Array>
  /** Objects: zstd, then 1 MiB frames, each sealed with AAD (key id, frame number, last). */
  sealObject(spaceId: string, accountId: string, plain: Uint8Array): Promise<Uint8Array>
  openObject(spaceId: string, accountId: string, sealed: Uint8Array): Promise<Uint8Array>
  /** HMAC-SHA-256 (hex) under the space's fingerprint key, which never changes. */
  fingerprint(spaceId: string, identifier: string): Promise<string>
  /** Drops this process' copy of the space's keys. */
  forget(spaceId: string): void
}

/** Small secrets at rest (provider tokens): sealed under a key derived from the master key. */
export interface SecretBox {
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, plain: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
}
