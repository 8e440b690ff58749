import { createHmac, type KeyObject } from 'node:crypto'
import type { KeyRing, KeyScope, Random } from './ports.ts'
import { KeyMissing, SpaceHeld } from './refusals.ts'
import { deriveKey, keyBytes, openBytes, sealBytes } from './seal.ts'
import { keyIdOf, openObject, sealObject } from './sealed-object.ts'

/** A root as the vault keeps it: `accountId` is '' for the space's own. */
export type WrappedKey = {
  spaceId: string
  accountId: string
  rootId: string
  /** The newest sealing key; older ones still open. */
  generation: number
  wrapped: Uint8Array
  /** Whether its space stands still: what it sealed opens, and it seals nothing. */
  held?: boolean
}

export interface KeyStore {
  find(spaceId: string, accountId: string): Promise<WrappedKey | undefined>
  /** Any one key, to prove the master key with. */
  any(): Promise<WrappedKey | undefined>
  /** Keeps the one that is there. False where the name is retired: then there is none. */
  insert(key: WrappedKey): Promise<boolean>
  /** One generation further; undefined where there is no such key. */
  advance(spaceId: string, accountId: string): Promise<number | undefined>
  /** `find` and `any` see none of them from here on, and `insert` makes none. */
  retire(scope: KeyScope): Promise<void>
  delete(scope: KeyScope): Promise<void>
}

type Root = { id: string; generation: number; held: boolean; readAtMs: number; derived(purpose: string): KeyObject }

/** Roots kept unwrapped in this process; the longest unused goes first. */
const cachedRoots = 10_000
/** A root that is held for longer is read again: another process may have rotated it. */
const rereadMs = 60_000

/** What binds wrapped bytes to their row. */
export const place = (key: { spaceId: string; accountId: string; rootId: string }) =>
  `vault.keys|${key.spaceId}|${key.accountId}|${key.rootId}`

export const wrappingKey = (masterKey: Uint8Array): KeyObject => deriveKey(masterKey, 'wrap/1')

/** Throws SealBroken where it was wrapped under another master key, or moved. */
export function unwrap(key: WrappedKey, wrapping: KeyObject): Uint8Array {
  return openBytes(wrapping, key.wrapped, place(key), `The data key ${key.rootId}`)
}

function rootOf(key: WrappedKey, wrapping: KeyObject, readAtMs: number): Root {
  const bytes = unwrap(key, wrapping)
  const known = new Map<string, KeyObject>()
  return {
    id: key.rootId,
    generation: key.generation,
    held: key.held ?? false,
    readAtMs,
    derived(purpose) {
      const derived = known.get(purpose) ?? deriveKey(bytes, purpose)
      known.set(purpose, derived)
      return derived
    },
  }
}

const ownerOf = (spaceId: string, accountId: string) =>
  accountId === '' ? `space ${spaceId}` : `account ${accountId} of space ${spaceId}`

/** The key that `keyId` (`<root id>.<generation>`) names, if the root is still the same. */
function named(root: Root, keyId: string, use: 'seal' | 'object', owner: string): { id: string; bytes: KeyObject } {
  const { rootId, generation } = partsOf(keyId)
  const known = Number.isInteger(generation) && generation >= 1 && generation <= root.generation
  if (rootId !== root.id || !known) throw new KeyMissing(owner)
  return { id: keyId, bytes: root.derived(`${use}/${generation}`) }
}

function partsOf(keyId: string): { rootId: string; generation: number } {
  const dot = keyId.lastIndexOf('.')
  return { rootId: keyId.slice(0, dot), generation: Number(keyId.slice(dot + 1)) }
}

export type KeyRingOptions = {
  /**
   * Whether an erasure's word would have reached this process. While it would not, keys that are held count for nothing and
   * the store is asked: a process that was paused or cut off opens nothing that was erased meanwhile.
   */
  hears?: () => boolean
  /** Monotonic milliseconds: a rotation elsewhere is noticed within a minute. Without it, where it is met. */
  nowMs?: () => number
}

export function createKeyRing(
  store: KeyStore,
  masterKey: Uint8Array,
  random: Random,
  { hears = () => true, nowMs = () => 0 }: KeyRingOptions = {},
): KeyRing {
  const wrapping = wrappingKey(masterKey)
  const cache = new Map<string, Root>()
  /** How often something was forgotten: what was on its way from the store then is read again. */
  let drops = 0

  async function read(spaceId: string, accountId: string): Promise<Root> {
    for (;;) {
      const before = drops
      const key = await store.find(spaceId, accountId)
      if (key === undefined) throw new KeyMissing(ownerOf(spaceId, accountId))
      if (drops === before) return rootOf(key, wrapping, nowMs())
    }
  }

  async function load(spaceId: string, accountId: string, generation = 1): Promise<Root> {
    const name = `${spaceId}/${accountId}`
    if (!hears()) cache.clear()
    let root = cache.get(name)
    // Another process has rotated it since it was read, or may have.
    const isOld = root !== undefined && (root.generation < generation || nowMs() - root.readAtMs > rereadMs)
    if (root === undefined || isOld) root = await read(spaceId, accountId)
    cache.delete(name)
    cache.set(name, root)
    if (cache.size > cachedRoots) cache.delete(cache.keys().next().value ?? name)
    return root
  }

  /** Throws SpaceHeld. */
  async function loadToSeal(spaceId: string, accountId: string): Promise<Root> {
    const root = await load(spaceId, accountId)
    if (root.held) throw new SpaceHeld(spaceId)
    return root
  }

  async function create(spaceId: string, accountId: string): Promise<void> {
    if (hears() && cache.has(`${spaceId}/${accountId}`)) return
    const rootId = Buffer.from(random.bytes(12)).toString('base64url')
    const at = { spaceId, accountId, rootId }
    const wrapped = sealBytes(wrapping, random.bytes(keyBytes), place(at), random)
    if (!(await store.insert({ ...at, generation: 1, wrapped }))) throw new KeyMissing(ownerOf(spaceId, accountId))
  }

  function forget({ spaceId, accountIds }: KeyScope): void {
    drops++
    const isDoomed = (name: string) =>
      accountIds === undefined
        ? name.startsWith(`${spaceId}/`)
        : accountIds.some((accountId) => name === `${spaceId}/${accountId}`)
    for (const name of cache.keys()) if (isDoomed(name)) cache.delete(name)
  }

  return {
    createSpaceKey: (spaceId) => create(spaceId, ''),
    createAccountKey: (spaceId, accountId) => create(spaceId, accountId),
    async seal(spaceId, plain, aad) {
      const root = await loadToSeal(spaceId, '')
      const bytes = sealBytes(root.derived(`seal/${root.generation}`), plain, aad, random)
      return { keyId: `${root.id}.${root.generation}`, bytes }
    },
    async open(spaceId, keyId, bytes, aad) {
      const root = await load(spaceId, '', partsOf(keyId).generation)
      const key = named(root, keyId, 'seal', ownerOf(spaceId, ''))
      return openBytes(key.bytes, bytes, aad, `A body under key ${keyId}`)
    },
    async sealObject(spaceId, accountId, plain) {
      const root = await loadToSeal(spaceId, accountId)
      const key = { id: `${root.id}.${root.generation}`, bytes: root.derived(`object/${root.generation}`) }
      return sealObject(key, plain, random)
    },
    async openObject(spaceId, accountId, sealed) {
      const keyId = keyIdOf(sealed)
      const root = await load(spaceId, accountId, partsOf(keyId).generation)
      return openObject(named(root, keyId, 'object', ownerOf(spaceId, accountId)), sealed)
    },
    async fingerprint(spaceId, identifier) {
      const root = await load(spaceId, '')
      return createHmac('sha256', root.derived('fingerprint')).update(identifier).digest('hex')
    },
    async rotate(spaceId, accountId = '') {
      const generation = await store.advance(spaceId, accountId)
      if (generation === undefined) throw new KeyMissing(ownerOf(spaceId, accountId))
      cache.delete(`${spaceId}/${accountId}`)
      return generation
    },
    async retire(scope) {
      await store.retire(scope)
      forget(scope)
    },
    async destroy(scope) {
      await store.delete(scope)
      forget(scope)
    },
    forget,
  }
}
