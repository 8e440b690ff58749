import type { KeyObject } from 'node:crypto'
import type { Random, SecretBox } from './ports.ts'
import { deriveKey, openBytes, sealBytes } from './seal.ts'

export interface SecretStore {
  find(name: string): Promise<Uint8Array | undefined>
  /** Any one secret, to prove the master key with. */
  any(): Promise<{ name: string; sealed: Uint8Array } | undefined>
  put(name: string, sealed: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
  /** Holds the name for all processes while `work` runs. */
  locked<T>(name: string, work: () => Promise<T>): Promise<T>
}

export const secretsKey = (masterKey: Uint8Array): KeyObject => deriveKey(masterKey, 'secrets/1')
/** What binds a secret's bytes to its name. */
export const placeOfSecret = (name: string) => `vault.secrets|${name}`

export function createSecretBox(store: SecretStore, masterKey: Uint8Array, random: Random): SecretBox {
  const key = secretsKey(masterKey)
  const seal = (name: string, plain: Uint8Array) => sealBytes(key, plain, placeOfSecret(name), random)
  const open = (name: string, sealed: Uint8Array) => openBytes(key, sealed, placeOfSecret(name), `The secret ${name}`)
  let turn: Promise<unknown> = Promise.resolve()
  return {
    seal,
    open,
    async read(name) {
      const sealed = await store.find(name)
      return sealed === undefined ? undefined : open(name, sealed)
    },
    write: (name, plain) => store.put(name, seal(name, plain)),
    delete: (name) => store.delete(name),
    exclusively(name, work) {
      // One at a time in this process: whoever waits for a lock holds a connection, and `work` needs another.
      const mine = turn.then(() => store.locked(name, work))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}
