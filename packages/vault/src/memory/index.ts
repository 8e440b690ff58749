import { createKeyRing, type KeyStore, type WrappedKey } from '../key-ring.ts'
import type { ErasureWord, Holders, KeyRing, KeyScope, Random, SecretBox } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { keyBytes } from '../seal.ts'
import { createSecretBox, type SecretStore } from '../secret-box.ts'

function memoryKeyStore(): KeyStore {
  const keys = new Map<string, WrappedKey>()
  const retired = new Set<string>()
  const nameOf = (spaceId: string, accountId: string) => `${spaceId}/${accountId}`
  const namesOf = ({ spaceId, accountIds = [''] }: KeyScope) =>
    accountIds.map((accountId) => nameOf(spaceId, accountId))
  const isRetired = (spaceId: string, accountId: string) =>
    retired.has(nameOf(spaceId, '')) || retired.has(nameOf(spaceId, accountId))
  return {
    find: async (spaceId, accountId) =>
      isRetired(spaceId, accountId) ? undefined : keys.get(nameOf(spaceId, accountId)),
    any: async () => keys.values().next().value,
    async insert(key) {
      if (isRetired(key.spaceId, key.accountId)) return false
      const name = nameOf(key.spaceId, key.accountId)
      if (!keys.has(name)) keys.set(name, key)
      return true
    },
    async advance(spaceId, accountId) {
      const key = await this.find(spaceId, accountId)
      if (key === undefined) return undefined
      keys.set(nameOf(spaceId, accountId), { ...key, generation: key.generation + 1 })
      return key.generation + 1
    },
    async retire(scope) {
      for (const name of namesOf(scope)) retired.add(name)
    },
    async delete({ spaceId, accountIds }) {
      for (const [name, key] of keys) {
        if (key.spaceId === spaceId && (accountIds?.includes(key.accountId) ?? true)) keys.delete(name)
      }
    },
  }
}

/** All of one process: a word is answered where it is told. */
export function createMemoryHolders<Scope>(): Holders<Scope> {
  const listeners: ((word: ErasureWord<Scope>) => Promise<void>)[] = []
  return {
    onWord: (listener) => void listeners.push(listener),
    async tell(word) {
      for (const listener of listeners) await listener(word)
    },
    stop: async () => undefined,
  }
}

function memorySecretStore(): SecretStore {
  const secrets = new Map<string, Uint8Array>()
  return {
    find: async (name) => secrets.get(name),
    async any() {
      const first = secrets.entries().next().value
      return first === undefined ? undefined : { name: first[0], sealed: first[1] }
    },
    put: async (name, sealed) => void secrets.set(name, sealed),
    delete: async (name) => void secrets.delete(name),
    locked: (_name, work) => work(),
  }
}

/** The vault's rules over maps, under a master key of its own: for specs and simulations. */
export function createMemoryVault(options: { random?: Random } = {}): { keys: KeyRing; secrets: SecretBox } {
  return memoryVault(options)()
}

/** One vault that several processes open: each has its own copies of keys, what is kept is the same. */
export function memoryVault(options: { random?: Random } = {}): () => { keys: KeyRing; secrets: SecretBox } {
  const random = options.random ?? systemRandom
  const masterKey = random.bytes(keyBytes)
  const [keys, secrets] = [memoryKeyStore(), memorySecretStore()]
  return () => ({
    keys: createKeyRing(keys, masterKey, random),
    secrets: createSecretBox(secrets, masterKey, random),
  })
}
