import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ServiceName, serviceNames } from '@pf/contracts'
import { masterKeyOf, openVault } from '@pf/vault/postgres'
import { ConfigRefused, masterKeySource, type PlatformConfig, secretIn } from './config/index.ts'
import { openDatabase } from './database.ts'
import { giveRoles } from './database-roles.ts'
import { createLogger } from './logger.ts'

/**
 * As the owner of the database (DATABASE_URL), before any service: schemas up to date, a role for each service with what it
 * may do, what was made before handed over, the master key made at the very first start. Idempotent. Throws
 * MasterKeyRefused, ConfigRefused.
 */
export async function prepareDatabase(config: PlatformConfig): Promise<void> {
  const { databaseUrl: url, databaseSecretsDir, logLevel } = config
  if (databaseSecretsDir === undefined) {
    throw new ConfigRefused([
      'PF_DATABASE_SECRETS is missing: the folder with a password for each role of the database',
    ])
  }
  const passwords = new Map<ServiceName, string>()
  for (const service of serviceNames) {
    passwords.set(service, await secretIn('PF_DATABASE_SECRETS', databaseSecretsDir, service))
  }
  const logger = createLogger({ name: 'prepare', level: logLevel })
  const orm = await openDatabase({ url, pool: 4, name: 'prepare', logger, migrates: true })
  try {
    await orm.em.fork().transactional((em) => giveRoles(em, (service) => passwords.get(service) ?? ''))
    const source = masterKeySource(config)
    if (source.of === 'file') await mkdir(dirname(source.path), { recursive: true, mode: 0o700 })
    const masterKey = await masterKeyOf(orm, source, { makes: true })
    // A service sees its own part of the vault: here all of it is looked at once.
    await openVault({ orm, masterKey })
  } finally {
    await orm.close(true)
  }
}
