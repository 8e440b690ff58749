/**
 * Data keys. Each key is a 32-byte root, kept wrapped by the master key in schema `vault`; sealing and fingerprint keys are
 * derived from it (HKDF). A space's key seals its events; an account's key seals its raw objects. Destroying the root
 * erases everything sealed under it.
 */
export interface KeyRing {
  /** Makes the space's root where there is none yet; idempotent, also between processes. */
  createSpaceKey(spaceId: string): Promise<void>
  createAccountKey(spaceId: string, accountId: string): Promise<void>
  /** AES-256-GCM; `keyId` names root and generation. Throws KeyMissing (@pf/eventing's shape, by name). */
  seal(spaceId: string, plain: Uint8Array, aad: string): Promise<{ keyId: string; bytes: Uint8Array }>
  /** Throws KeyMissing where the root is gone (or another than `keyId` names), SealBroken where bytes or AAD do not fit. */
  open(spaceId: string, keyId: string, bytes: Uint8Array, aad: string): Promise<Uint8Array>
  /** Objects: zstd, then 1 MiB frames, each sealed with AAD (key id, object's salt, frame number, last). */
  sealObject(spaceId: string, accountId: string, plain: Uint8Array): Promise<Uint8Array>
  openObject(spaceId: string, accountId: string, sealed: Uint8Array): Promise<Uint8Array>
  /** HMAC-SHA-256 (hex) under the space's fingerprint key, which never changes. */
  fingerprint(spaceId: string, identifier: string): Promise<string>
  /** Deletes the root of one account, or of the space and all its accounts: what they sealed is unreadable from here on. */
  destroy(spaceId: string, accountId?: string): Promise<void>
  /** Drops this process' copy of the space's keys. */
  forget(spaceId: string): void
}

/** Small secrets at rest (provider tokens): sealed under a key derived from the master key. */
export interface SecretBox {
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, plain: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
  /**
   * Runs `work` while nobody else runs under this name, in this process or another (a token set is renewed by one of them).
   * In one process all names take turns: `work` must not ask for another, and is not the place for long waits.
   */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
  /** The same sealing for a row of one's own (auth's signing keys); `name` binds the bytes to their place. */
  seal(name: string, plain: Uint8Array): Uint8Array
  /** Throws SealBroken. */
  open(name: string, sealed: Uint8Array): Uint8Array
}

/** Randomness fit for keys and nonces. A simulation gives a seeded one. */
export interface Random {
  bytes(count: number): Uint8Array
}
