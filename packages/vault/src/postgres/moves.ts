import { Migration } from '@mikro-orm/migrations'
import type { MikroORM } from '@mikro-orm/postgresql'
import { RestoreRefused } from '../refusals.ts'
import { assertNobodyHolds } from './presence.ts'

/**
 * A space on its way between installations. `leaving`: it stands still here, since `exportId` was begun. `arriving`: what is
 * there of it is not whole, and nobody may start. `arrived`: all of `exportId` is here.
 */
export type Move = {
  spaceId: string
  way: 'leaving' | 'arriving' | 'arrived'
  exportId: string
  /** Of the export's manifest; of one that is leaving, once the export is whole. */
  digest: string | undefined
  /** Where somebody who signs in here is sent. */
  address: string | undefined
}

export class Moves extends Migration {
  override name = 'vault_0015_moves'
  override up(): void {
    this.addSql(`create table vault.moves (
      space_id text primary key, way text not null check (way in ('leaving', 'arriving', 'arrived')),
      export_id text not null, digest text, address text, since timestamptz not null default now())`)
  }
}

type Row = { space_id: string; way: Move['way']; export_id: string; digest: string | null; address: string | null }

export async function moveOf(orm: MikroORM, spaceId: string): Promise<Move | undefined> {
  const [row] = await orm.em.fork().execute<Row[]>('select * from vault.moves where space_id = ?', [spaceId])
  return (
    row && {
      spaceId,
      way: row.way,
      exportId: row.export_id,
      digest: row.digest ?? undefined,
      address: row.address ?? undefined,
    }
  )
}

/** Nothing is begun for these, and nobody is let in. Those that are erased here by now are none of them. */
export async function leavingSpaces(orm: MikroORM): Promise<ReadonlySet<string>> {
  const rows = await orm.em.fork().execute<Row[]>(
    `select space_id from vault.moves m where way = 'leaving'
      and not exists (select 1 from vault.retired r where r.space_id = m.space_id and r.account_id = '')`,
  )
  return new Set(rows.map((row) => row.space_id))
}

/** From here on keys that are read anew seal nothing of it, and its sessions are over. Processes that live have to be told (`hold`). */
export async function beginLeaving(
  orm: MikroORM,
  { spaceId, exportId, address }: { spaceId: string; exportId: string; address: string },
): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    await em.execute(
      `insert into vault.moves (space_id, way, export_id, address) values (?, 'leaving', ?, ?)
        on conflict (space_id) do update set way = excluded.way, export_id = excluded.export_id,
        address = excluded.address, digest = null, since = now()`,
      [spaceId, exportId, address],
    )
    await em.execute(
      `update vault.sessions set ended_at = now(), reason = 'revoked' where space_id::text = ? and ended_at is null`,
      [spaceId],
    )
    await em.execute(
      `delete from vault.refresh_tokens where user_id in (select user_id from vault.credentials where space_id::text = ?)`,
      [spaceId],
    )
  })
}

/** The export is whole: what its manifest says is what left. */
export async function noteExport(orm: MikroORM, spaceId: string, digest: string): Promise<void> {
  await orm.em
    .fork()
    .execute("update vault.moves set digest = ? where space_id = ? and way = 'leaving'", [digest, spaceId])
}

/** It stays after all, and goes on once processes are told (`hold`). False where it was not leaving. */
export async function endLeaving(orm: MikroORM, spaceId: string): Promise<boolean> {
  const sql = "delete from vault.moves where space_id = ? and way = 'leaving' returning space_id"
  return (await orm.em.fork().execute<Row[]>(sql, [spaceId])).length > 0
}

/** Nobody runs, and nobody may start until it ends. Begun again by the same export it goes on. Throws VaultInUse. */
export async function beginArrival(
  orm: MikroORM,
  { spaceId, exportId, digest }: { spaceId: string; exportId: string; digest: string },
): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    await em.execute("select set_config('lock_timeout', '30s', true)")
    // Every process writes itself there before it looks whether something arrives.
    await em.execute('lock table vault.holders in exclusive mode')
    await assertNobodyHolds(em, 'would act on a space that is not whole yet')
    await em.execute(
      `insert into vault.moves (space_id, way, export_id, digest) values (?, 'arriving', ?, ?) on conflict do nothing`,
      [spaceId, exportId, digest],
    )
  })
}

export async function endArrival(orm: MikroORM, spaceId: string): Promise<void> {
  await orm.em
    .fork()
    .execute("update vault.moves set way = 'arrived', since = now() where space_id = ? and way = 'arriving'", [spaceId])
}

/** Nothing of it is here any more. */
export async function forgetArrival(orm: MikroORM, spaceId: string): Promise<void> {
  await orm.em.fork().execute("delete from vault.moves where space_id = ? and way = 'arriving'", [spaceId])
}

/** For whoever runs on this vault: throws RestoreRefused (`move_unfinished`) where a space is half here. */
export async function assertNoArrival(orm: MikroORM): Promise<void> {
  const [found] = await orm.em
    .fork()
    .execute<{ space_id: string; since: Date }[]>("select space_id, since from vault.moves where way = 'arriving'")
  if (found === undefined) return
  throw new RestoreRefused(
    'move_unfinished',
    `Space ${found.space_id} is half here: its import began at ${new Date(found.since).toISOString()} and did not finish. ` +
      'Run `npm run log -- space import` again with the same folder, or give it up with `space withdraw`.',
  )
}
