import { createHmac } from 'node:crypto'
import type { KeyRing, Random } from './ports.ts'
import { KeyMissing } from './refusals.ts'
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
}

export interface KeyStore {
  find(spaceId: string, accountId: string): Promise<WrappedKey | undefined>
  /** Any one key, to prove the master key with. */
  any(): Promise<WrappedKey | undefined>
  /** Keeps the one that is there. */
  insert(key: WrappedKey): Promise<void>
  /** Without `accountId`: the space's and all its accounts'. */
  delete(spaceId: string, accountId?: string): Promise<void>
}

type Root = { id: string; generation: number; derived(purpose: string): Uint8Array }

/** Roots kept unwrapped in this process; the longest unused goes first. */
const cachedRoots = 10_000

const place = (key: { spaceId: string; accountId: string; rootId: string }) =>
  `vault.keys|${key.spaceId}|${key.accountId}|${key.rootId}`

export const wrappingKey = (masterKey: Uint8Array): Uint8Array => deriveKey(masterKey, 'wrap/1')

/** Throws SealBroken where it was wrapped under another master key, or moved. */
export function unwrap(key: WrappedKey, wrapping: Uint8Array): Uint8Array {
  return openBytes(wrapping, key.wrapped, place(key), `The data key ${key.rootId}`)
}

function rootOf(key: WrappedKey, wrapping: Uint8Array): Root {
  const bytes = unwrap(key, wrapping)
  const known = new Map<string, Uint8Array>()
  return {
    id: key.rootId,
    generation: key.generation,
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
function named(root: Root, keyId: string, use: 'seal' | 'object', owner: string): { id: string; bytes: Uint8Array } {
  const dot = keyId.lastIndexOf('.')
  const generation = Number(keyId.slice(dot + 1))
  const known = Number.isInteger(generation) && generation >= 1 && generation <= root.generation
  if (keyId.slice(0, dot) !== root.id || !known) throw new KeyMissing(owner)
  return { id: keyId, bytes: root.derived(`${use}/${generation}`) }
}

export function createKeyRing(store: KeyStore, masterKey: Uint8Array, random: Random): KeyRing {
  const wrapping = wrappingKey(masterKey)
  const cache = new Map<string, Root>()

  async function load(spaceId: string, accountId: string): Promise<Root> {
    const name = `${spaceId}/${accountId}`
    let root = cache.get(name)
    if (root === undefined) {
      const key = await store.find(spaceId, accountId)
      if (key === undefined) throw new KeyMissing(ownerOf(spaceId, accountId))
      root = rootOf(key, wrapping)
    }
    cache.delete(name)
    cache.set(name, root)
    if (cache.size > cachedRoots) cache.delete(cache.keys().next().value ?? name)
    return root
  }

  async function create(spaceId: string, accountId: string): Promise<void> {
    if (cache.has(`${spaceId}/${accountId}`)) return
    const rootId = Buffer.from(random.bytes(12)).toString('base64url')
    const at = { spaceId, accountId, rootId }
    const wrapped = sealBytes(wrapping, random.bytes(keyBytes), place(at), random)
    await store.insert({ ...at, generation: 1, wrapped })
  }

  function forget(spaceId: string, accountId?: string): void {
    const doomed = (name: string) =>
      accountId === undefined ? name.startsWith(`${spaceId}/`) : name === `${spaceId}/${accountId}`
    for (const name of cache.keys()) if (doomed(name)) cache.delete(name)
  }

  return {
    createSpaceKey: (spaceId) => create(spaceId, ''),
    createAccountKey: (spaceId, accountId) => create(spaceId, accountId),
    async seal(spaceId, plain, aad) {
      const root = await load(spaceId, '')
      const bytes = sealBytes(root.derived(`seal/${root.generation}`), plain, aad, random)
      return { keyId: `${root.id}.${root.generation}`, bytes }
    },
    async open(spaceId, keyId, bytes, aad) {
      const key = named(await load(spaceId, ''), keyId, 'seal', ownerOf(spaceId, ''))
      return openBytes(key.bytes, bytes, aad, `A body under key ${keyId}`)
    },
    async sealObject(spaceId, accountId, plain) {
      const root = await load(spaceId, accountId)
      const key = { id: `${root.id}.${root.generation}`, bytes: root.derived(`object/${root.generation}`) }
      return sealObject(key, plain, random)
    },
    async openObject(spaceId, accountId, sealed) {
      const root = await load(spaceId, accountId)
      return openObject(named(root, keyIdOf(sealed), 'object', ownerOf(spaceId, accountId)), sealed)
    },
    async fingerprint(spaceId, identifier) {
      const root = await load(spaceId, '')
      return createHmac('sha256', root.derived('fingerprint')).update(identifier).digest('hex')
    },
    async destroy(spaceId, accountId) {
      await store.delete(spaceId, accountId)
      forget(spaceId, accountId)
    },
    forget: (spaceId) => forget(spaceId),
  }
}
