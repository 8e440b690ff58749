import type { LoggerOptions } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { vaultEntities } from '@pf/vault/postgres'
import { type PlatformConfig, secretIn } from './config/index.ts'
import { hasRole, roleOf } from './database-roles.ts'
import type { Logger } from './logger.ts'
import { allMigrations, migrate, missingMigrations } from './migrations.ts'
import { TracedSql } from './tracing/traced-sql.ts'

/** The schemas are of another version than this code, and whoever may change them has not done so. */
export class SchemasDiffer extends Error {
  readonly code = 'schemas_differ'
  constructor(missing: readonly string[]) {
    super(
      `The database lacks ${missing.join(', ')}: prepare it first, as its owner (deploy/local/dist/prepare.js), then start again.`,
    )
    this.name = 'SchemasDiffer'
  }
}

/**
 * MikroORM with a bounded pool. Its owner (`migrates`) brings the schemas up to date; everybody else finds them so, or throws
 * SchemasDiffer. Connects within 10 s or throws.
 */
export async function openDatabase(options: {
  url: string
  pool: number
  name: string
  logger: Logger
  /** True unless told. */
  migrates?: boolean
  /** False unless told: each statement is a span. */
  traced?: boolean
}): Promise<MikroORM> {
  const { url, pool, name, logger, migrates = true, traced = false } = options
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
    ...(traced && { loggerFactory: (said: LoggerOptions) => new TracedSql(said) }),
    logger: (message) => logger.info({ part: 'database' }, message),
  })
  try {
    await (migrates ? migrate(orm) : assertMigrated(orm))
  } catch (error) {
    await orm.close(true)
    throw error
  }
  return orm
}

async function assertMigrated(orm: MikroORM): Promise<void> {
  const missing = await missingMigrations(orm)
  if (missing.length > 0) throw new SchemasDiffer(missing)
}

/** As whom a service comes to the database: with a role of its own it changes no schema but its own. */
export async function databaseAccess(
  { databaseUrl, databaseSecretsDir }: Pick<PlatformConfig, 'databaseUrl' | 'databaseSecretsDir'>,
  name: string,
): Promise<{ url: string; migrates: boolean }> {
  if (databaseSecretsDir === undefined || !hasRole(name)) return { url: databaseUrl, migrates: true }
  const url = new URL(databaseUrl)
  url.username = roleOf(name)
  url.password = encodeURIComponent(await secretIn('PF_DATABASE_SECRETS', databaseSecretsDir, name))
  return { url: url.href, migrates: false }
}
