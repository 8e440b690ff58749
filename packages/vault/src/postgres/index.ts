import type { MikroORM } from '@mikro-orm/postgresql'
import { createKeyRing, type KeyRingOptions, unwrap, wrappingKey } from '../key-ring.ts'
import type { KeyRing, Random, SecretBox } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { MasterKeyRefused } from '../refusals.ts'
import { createSecretBox } from '../secret-box.ts'
import { postgresKeyStore, postgresSecretStore } from './stores.ts'

export { Credential, DataKey, RefreshToken, Secret, SigningKey, vaultEntities } from './entities.ts'
export { type HoldersOptions, openHolders } from './holders.ts'
export { assertNewestLedger, erasureMark, type LedgerMark, openLedgerOf, retireErased } from './ledger-mark.ts'
export { vaultMigrations } from './migrations.ts'
export {
  assertNoRestore,
  beginRestore,
  type CopiedRow,
  type CopiedTable,
  copyVault,
  endRestore,
  loadVault,
  unloadVault,
  vaultTablesInUse,
} from './vault-copy.ts'

/** Whether nothing was sealed under a master key yet: only then may one be made. Who sees only a part of it cannot tell. */
export async function isVaultEmpty(orm: MikroORM): Promise<boolean> {
  const secrets = postgresSecretStore(orm)
  const [visible, key, secret] = await Promise.all([secrets.isVisible(), postgresKeyStore(orm).any(), secrets.any()])
  return visible && key === undefined && secret === undefined
}

/**
 * The vault in schema `vault`, which its migrations have made. Throws MasterKeyRefused (`master_key_wrong`) where what
 * lies there was wrapped under another master key.
 */
export async function openVault(options: {
  orm: MikroORM
  masterKey: Uint8Array
  random?: Random
  /** Of this process' `Holders`. */
  hears?: KeyRingOptions['hears']
}): Promise<{ keys: KeyRing; secrets: SecretBox }> {
  const { orm, masterKey, random = systemRandom, hears } = options
  const keyStore = postgresKeyStore(orm)
  const secretStore = postgresSecretStore(orm)
  const secrets = createSecretBox(secretStore, masterKey, random)
  const [key, secret] = await Promise.all([keyStore.any(), secretStore.any()])
  try {
    if (key !== undefined) unwrap(key, wrappingKey(masterKey))
    if (secret !== undefined) secrets.open(secret.name, secret.sealed)
  } catch {
    throw new MasterKeyRefused(
      'master_key_wrong',
      'The master key does not open this vault: it belongs to another database. Put the file back that was used with this one.',
    )
  }
  return { keys: createKeyRing(keyStore, masterKey, random, hears === undefined ? {} : { hears }), secrets }
}
