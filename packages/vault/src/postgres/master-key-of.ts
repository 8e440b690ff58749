import type { MikroORM } from '@mikro-orm/postgresql'
import { unwrap, wrappingKey } from '../key-ring.ts'
import {
  loadMasterKey,
  type MasterKeySource,
  readMasterKey,
  readNextMasterKey,
  takeNextMasterKey,
} from '../master-key.ts'
import { SealBroken } from '../refusals.ts'
import { openBytes } from '../seal.ts'
import { placeOfSecret, secretsKey } from '../secret-box.ts'
import { postgresKeyStore, postgresSecretStore } from './stores.ts'

/** Whether nothing was sealed under a master key yet: only then may one be made. Who sees only a part of it cannot tell. */
export async function isVaultEmpty(orm: MikroORM): Promise<boolean> {
  const secrets = postgresSecretStore(orm)
  const [visible, key, secret] = await Promise.all([secrets.isVisible(), postgresKeyStore(orm).any(), secrets.any()])
  return visible && key === undefined && secret === undefined
}

/** Whether what lies in this vault was wrapped under this master key; of an empty one everybody's does. */
export async function opensVault(orm: MikroORM, masterKey: Uint8Array): Promise<boolean> {
  const [key, secret] = await Promise.all([postgresKeyStore(orm).any(), postgresSecretStore(orm).any()])
  try {
    if (key !== undefined) unwrap(key, wrappingKey(masterKey))
    if (secret !== undefined)
      openBytes(secretsKey(masterKey), secret.sealed, placeOfSecret(secret.name), `The secret ${secret.name}`)
    return true
  } catch (error) {
    if (error instanceof SealBroken) return false
    throw error
  }
}

/**
 * The master key of this vault. Where a rotation was killed after the vault had been wrapped anew and before the file was
 * replaced, the new key lies beside the old: the one that opens the vault is taken, and its file with it.
 * Throws MasterKeyRefused. `makes`: at the very first start.
 */
export async function masterKeyOf(
  orm: MikroORM,
  source: MasterKeySource,
  { makes }: { makes: boolean },
): Promise<Uint8Array> {
  if (source.of !== 'file') return readMasterKey(source)
  const { path } = source
  const masterKey = await loadMasterKey(path, { isVaultEmpty: async () => makes && (await isVaultEmpty(orm)) })
  if (await opensVault(orm, masterKey)) return masterKey
  const next = await readNextMasterKey(path)
  // Another start may have put it in its place meanwhile.
  if (next === undefined) return loadMasterKey(path, { isVaultEmpty: async () => false })
  if (!(await opensVault(orm, next))) return masterKey
  await takeNextMasterKey(path)
  return next
}
