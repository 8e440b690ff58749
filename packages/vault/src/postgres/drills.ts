import { Migration } from '@mikro-orm/migrations'
import type { MikroORM } from '@mikro-orm/postgresql'

/** The backup that a restore drill took, and what was in it. */
export type DrilledBackup = { backupMadeAt: string; messages: number; rawObjects: number }

/** Drills that passed. No backup holds them: a restored installation has passed none itself. */
export class Drills extends Migration {
  override name = 'vault_0014_drills'
  override up(): void {
    this.addSql(`create table vault.drills (
      passed_at timestamptz primary key, backup_made_at timestamptz not null, messages bigint not null,
      raw_objects bigint not null)`)
  }
}

export async function recordDrill(orm: MikroORM, at: Date, drilled: DrilledBackup): Promise<void> {
  const { backupMadeAt, messages, rawObjects } = drilled
  const columns = 'passed_at, backup_made_at, messages, raw_objects'
  await orm.em
    .fork()
    .execute(`insert into vault.drills (${columns}) values (?, ?, ?, ?)`, [at, backupMadeAt, messages, rawObjects])
}

export async function lastDrill(orm: MikroORM): Promise<(DrilledBackup & { passedAt: string }) | undefined> {
  type Row = { passed_at: Date; backup_made_at: Date; messages: string; raw_objects: string }
  const [found] = await orm.em.fork().execute<Row[]>('select * from vault.drills order by passed_at desc limit 1')
  return (
    found && {
      passedAt: new Date(found.passed_at).toISOString(),
      backupMadeAt: new Date(found.backup_made_at).toISOString(),
      messages: Number(found.messages),
      rawObjects: Number(found.raw_objects),
    }
  )
}
