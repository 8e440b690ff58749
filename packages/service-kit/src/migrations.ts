import type { MigrationsOptions } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/postgresql'
import { eventingMigrations } from '@pf/eventing/postgres'
import { vaultMigrations } from '@pf/vault/postgres'

type MigrationClass = NonNullable<MigrationsOptions['migrationsList']>[number]

export const allMigrations: MigrationClass[] = [...vaultMigrations, ...eventingMigrations]

/** Any number, the same in every process: "pf". */
const lockKey = 0x7066

/** Brings the schemas vault and eventing up to date; processes that start together take turns. */
export async function migrate(orm: MikroORM): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [lockKey])
    await orm.migrator.up()
  })
}

/** Names of those that the database has not seen. */
export async function missingMigrations(orm: MikroORM): Promise<string[]> {
  return (await orm.migrator.getPending()).map(({ name }) => name)
}
