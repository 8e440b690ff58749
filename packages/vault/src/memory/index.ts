import { createKeyRing, type KeyStore, type WrappedKey } from '../key-ring.ts'
import type { KeyRing, Random, SecretBox } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { keyBytes } from '../seal.ts'
import { createSecretBox, type SecretStore } from '../secret-box.ts'

function memoryKeyStore(): KeyStore {
  const keys = new Map<string, WrappedKey>()
  const nameOf = (spaceId: string, accountId: string) => `${spaceId}/${accountId}`
  return {
    find: async (spaceId, accountId) => keys.get(nameOf(spaceId, accountId)),
    any: async () => keys.values().next().value,
    async insert(key) {
      const name = nameOf(key.spaceId, key.accountId)
      if (!keys.has(name)) keys.set(name, key)
    },
    async delete(spaceId, accountId) {
      for (const [name, key] of keys) {
        if (key.spaceId === spaceId && (accountId === undefined || key.accountId === accountId)) keys.delete(name)
      }
    },
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
  const random = options.random ?? systemRandom
  const masterKey = random.bytes(keyBytes)
  return {
    keys: createKeyRing(memoryKeyStore(), masterKey, random),
    secrets: createSecretBox(memorySecretStore(), masterKey, random),
  }
}
