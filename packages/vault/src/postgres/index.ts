import type { MikroORM } from '@mikro-orm/postgresql'
import { createKeyRing, type KeyRingOptions } from '../key-ring.ts'
import type { KeyRing, Random, SecretBox } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { MasterKeyRefused } from '../refusals.ts'
import { createSecretBox } from '../secret-box.ts'
import { opensVault } from './master-key-of.ts'
import { postgresKeyStore, postgresSecretStore } from './stores.ts'

export { ApiToken } from './api-tokens.ts'
export { type DrilledBackup, lastDrill, recordDrill } from './drills.ts'
export { Credential, DataKey, KeptPreference, RefreshToken, Secret, SigningKey, vaultEntities } from './entities.ts'
export { type HoldersOptions, openHolders } from './holders.ts'
export { Invite } from './invites.ts'
export { type KeyOverview, keyOverview, rotateKeys } from './key-care.ts'
export { assertNewestLedger, erasureMark, type LedgerMark, openLedgerOf, retireErased } from './ledger-mark.ts'
export { isVaultEmpty, masterKeyOf, opensVault } from './master-key-of.ts'
export { vaultMigrations } from './migrations.ts'
export {
  assertNoArrival,
  beginArrival,
  beginLeaving,
  endArrival,
  endLeaving,
  forgetArrival,
  leavingSpaces,
  type Move,
  moveOf,
  noteExport,
} from './moves.ts'
export { ProviderSession } from './provider-sessions.ts'
export { type Rewrapped, rewrapVault } from './rewrap.ts'
export { SecurityEvent, Session } from './sessions.ts'
export {
  copySpace,
  deleteSecrets,
  keysAmong,
  linkSecrets,
  loadSpace,
  type Owner,
  openRows,
  ownerOf,
  sealRows,
  sign,
  spaceStateOf,
  takenOf,
  unloadSpace,
} from './space-copy.ts'
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
  nowMs?: KeyRingOptions['nowMs']
}): Promise<{ keys: KeyRing; secrets: SecretBox }> {
  const { orm, masterKey, random = systemRandom, hears, nowMs } = options
  const keyStore = postgresKeyStore(orm)
  const secretStore = postgresSecretStore(orm)
  const secrets = createSecretBox(secretStore, masterKey, random)
  if (!(await opensVault(orm, masterKey))) {
    throw new MasterKeyRefused(
      'master_key_wrong',
      'The master key does not open this vault: it belongs to another database. Put the file back that was used with this one.',
    )
  }
  return {
    keys: createKeyRing(keyStore, masterKey, random, { ...(hears && { hears }), ...(nowMs && { nowMs }) }),
    secrets,
  }
}
