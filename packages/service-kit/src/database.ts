import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { vaultEntities } from '@pf/vault/postgres'
import type { Logger } from './logger.ts'
import { allMigrations, migrate } from './migrations.ts'

/** MikroORM on DATABASE_URL with a bounded pool and the schemas up to date. Connects within 10 s or throws. */
export async function openDatabase(options: {
  url: string
  pool: number
  name: string
  logger: Logger
}): Promise<MikroORM> {
  const { url, pool, name, logger } = options
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...vaultEntities],
    extensions: [Migrator],
    migrations: { migrationsList: allMigrations, tableName: 'migrations', snapshot: false, transactional: true },
    pool: { min: 0, max: pool },
    driverOptions: { application_name: `pf-${name}`, connectionTimeoutMillis: 10_000, keepAlive: true },
    allowGlobalContext: false,
    debug: ['info'],
    colors: false,
    logger: (message) => logger.info({ part: 'database' }, message),
  })
  try {
    await migrate(orm)
  } catch (error) {
    await orm.close(true)
    throw error
  }
  return orm
}
