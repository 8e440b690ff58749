import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { systemClock, systemIds } from '@pf/eventing'
import { openObjectStore } from '@pf/object-store'
import { systemRandom } from '@pf/vault'
import { type ErasedScope, type LedgerPlace, ledgerFolder, ledgerObjects } from '@pf/vault/ledger'
import {
  assertNoArrival,
  assertNoRestore,
  masterKeyOf,
  openHolders,
  openLedgerOf,
  openVault,
  retireErased,
} from '@pf/vault/postgres'
import { masterKeySource, type PlatformConfig, s3Credentials } from './config/index.ts'
import type { Logger } from './logger.ts'
import type { Platform } from './platform.ts'
import { asSealer } from './sealer.ts'

/**
 * The vault, brought up to the erasure ledger before anybody may ask it for a key: one that was restored opens nothing that was
 * erased since. Throws MasterKeyRefused, LedgerRefused, and
 * RestoreRefused where a restore, or the import of a space, has not finished; `completes`: of whoever finishes the latter.
 */
export async function openVaultOf(
  config: PlatformConfig,
  orm: MikroORM,
  { name, logger, completes = false }: { name: string; logger: Logger; completes?: boolean },
): Promise<Pick<Platform, 'keys' | 'secrets' | 'holders' | 'ledger'>> {
  await assertNoRestore(orm)
  const source = masterKeySource(config)
  if (source.of === 'file') await mkdir(dirname(source.path), { recursive: true, mode: 0o700 })
  const masterKey = await masterKeyOf(orm, source, { makes: true })
  // First of all: a word that is told from here on reaches this process.
  const holders = await openHolders<ErasedScope>(orm, {
    name,
    id: systemIds.uuid(),
    onError: (err) => logger.error({ err }, 'an erasure is not answered yet; it is tried again'),
  })
  try {
    // After its own row is there: an import that begins now meets it, and one that began before is met.
    if (!completes) await assertNoArrival(orm)
    const made = { now: () => systemClock.now(), uuid: () => systemIds.uuid() }
    const ledger = await openLedgerOf(orm, ledgerPlace(config), made)
    await retireErased(orm, await ledger.scopes())
    const hears = () => holders.hears()
    const nowMs = () => performance.now()
    const { keys, secrets } = await openVault({ orm, masterKey, random: systemRandom, hears, nowMs })
    holders.onWord(async ({ scope }) => keys.forget(scope))
    return { keys: asSealer(keys), secrets, holders, ledger }
  } catch (error) {
    await holders.stop()
    throw error
  }
}

export function ledgerPlace(config: PlatformConfig): LedgerPlace {
  const { erasureLedger } = config
  return erasureLedger.startsWith('s3://')
    ? ledgerObjects(openObjectStore(erasureLedger, s3Credentials(config)), erasureLedger)
    : ledgerFolder(erasureLedger)
}
