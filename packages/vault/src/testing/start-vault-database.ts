import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { startPostgres } from '@pf/eventing/testing'
import { vaultEntities } from '../postgres/entities.ts'
import { vaultMigrations } from '../postgres/migrations.ts'

export type VaultDatabase = {
  orm: MikroORM
  /** Another connection to the same database, as a second process has. */
  connect(): Promise<MikroORM>
  stop(): Promise<void>
}

/** A fresh database with the vault's schema and nothing in it. */
export async function startVaultDatabase(): Promise<VaultDatabase> {
  const postgres = await startPostgres()
  const opened: MikroORM[] = []
  const connect = async () => {
    const orm = await MikroORM.init({
      clientUrl: postgres.url,
      entities: [...vaultEntities],
      extensions: [Migrator],
      migrations: { migrationsList: vaultMigrations, snapshot: false },
      logger: () => undefined,
    })
    opened.push(orm)
    return orm
  }
  const orm = await connect()
  await orm.migrator.up()
  return {
    orm,
    connect,
    stop: async () => {
      await Promise.all(opened.map((each) => each.close(true)))
      await postgres.stop()
    },
  }
}
