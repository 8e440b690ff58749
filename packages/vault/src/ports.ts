/**
 * Data keys. Each key is a 32-byte root, kept wrapped by the master key in schema `vault`; sealing and fingerprint keys are
 * derived from it (HKDF). A space's key seals its events; an account's key seals its raw objects. Destroying the root
 * erases everything sealed under it.
 */
export interface KeyRing {
  /** Makes the space's root where there is none yet; idempotent, also between processes. */
  createSpaceKey(spaceId: string): Promise<void>
  createAccountKey(spaceId: string, accountId: string): Promise<void>
  /** AES-256-GCM; `keyId` names root and generation. Throws KeyMissing (@pf/eventing's shape, by name), SpaceHeld. */
  seal(spaceId: string, plain: Uint8Array, aad: string): Promise<{ keyId: string; bytes: Uint8Array }>
  /** Throws KeyMissing where the root is gone (or another than `keyId` names), SealBroken where bytes or AAD do not fit. */
  open(spaceId: string, keyId: string, bytes: Uint8Array, aad: string): Promise<Uint8Array>
  /** Objects: zstd, then 1 MiB frames, each sealed with AAD (key id, object's salt, frame number, last). */
  sealObject(spaceId: string, accountId: string, plain: Uint8Array): Promise<Uint8Array>
  openObject(spaceId: string, accountId: string, sealed: Uint8Array): Promise<Uint8Array>
  /** HMAC-SHA-256 (hex) under the space's fingerprint key, which never changes. */
  fingerprint(spaceId: string, identifier: string): Promise<string>
  /**
   * A new sealing key under the same root, for all that is sealed from here on; older ones still open. The fingerprint key
   * stays. Answers its generation. Throws KeyMissing.
   */
  rotate(spaceId: string, accountId?: string): Promise<number>
  /**
   * Whoever asks the store for these keys finds none from here on, and none is made under their names again (KeyMissing).
   * Processes that hold them have to `forget`: `Holders` tells them.
   */
  retire(scope: KeyScope): Promise<void>
  /** Deletes the roots: what they sealed is unreadable from here on. Retired names stay retired. */
  destroy(scope: KeyScope): Promise<void>
  /** Drops this process' copies, also those that are being read at this moment. */
  forget(scope: KeyScope): void
}

/** The keys of some accounts, or of a space and all its accounts. */
export type KeyScope = { spaceId: string; accountIds?: readonly string[] }

/**
 * `drop`: forget its keys and finish, or abort, what is under way with them; `sweep`: remove what is left on this machine;
 * `hold`: the same as `drop`, but nothing is removed: the keys may be read again, and may seal no more (or again).
 */
export type ErasureWord<Scope> = { id: string; kind: 'drop' | 'sweep' | 'hold'; scope: Scope }

/** All processes that may hold keys, each replica of each service, and a word to every one of them. */
export interface Holders<Scope> {
  /** What this process does at a word before it answers. Called again after a failure; words are idempotent. */
  onWord(listener: (word: ErasureWord<Scope>) => Promise<void>): void
  /** Resolves when every process that lives has answered. Throws HoldersSilent. */
  tell(word: ErasureWord<Scope>, timeoutMs: number): Promise<void>
  /** This process holds no keys from here on. */
  stop(): Promise<void>
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
