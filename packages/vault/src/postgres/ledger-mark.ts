import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import {
  beginErasureLedger,
  type ErasureLedger,
  type LedgerPlace,
  openErasureLedger,
} from '../ledger/erasure-ledger.ts'
import type { ErasedScope, LedgerEntry } from '../ledger/ledger-entries.ts'
import { LedgerRefused } from '../refusals.ts'

export type LedgerMark = { ledger_id: string; seq: string | number; hash: string }

/** Processes that start together take turns (an advisory lock of PostgreSQL; any constant of ours). */
const lockId = 0x70_66_6c_64

/**
 * The ledger of this installation. The vault remembers which one it is and how long it was; so a start with none, with
 * another's or with an older copy is refused (LedgerRefused), while a vault that was restored takes the newest one. A vault
 * that knows of none yet takes the one that is there, or begins it.
 */
export async function openLedgerOf(
  orm: MikroORM,
  place: LedgerPlace,
  made: { now(): Date; uuid(): string },
): Promise<ErasureLedger> {
  return orm.em.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [lockId])
    const [mark] = await em.execute<LedgerMark[]>('select ledger_id, seq, hash from vault.erasure_ledger')
    const standing = await openErasureLedger(place, made)
    if (mark !== undefined) await assertNewestLedger(place, mark, standing)
    const ledger = standing ?? (await beginErasureLedger(place, made))
    const last = (await ledger.entries()).at(-1)
    if (last !== undefined) await remember(em, ledger.id, last)
    return {
      ...ledger,
      async append(fact) {
        const entry = await ledger.append(fact)
        await remember(orm.em.fork(), ledger.id, entry)
        return entry
      },
    }
  })
}

/** Of all that the ledger names no key opens anything from here on, and none is there: a vault that was restored had them again. */
export async function retireErased(orm: MikroORM, erased: readonly { scope: ErasedScope }[]): Promise<void> {
  if (erased.length === 0) return
  const names = erased.flatMap(({ scope }) =>
    scope.of === 'space'
      ? [{ space: scope.spaceId, account: '' }]
      : scope.accountIds.map((account) => ({ space: scope.spaceId, account })),
  )
  const given = 'jsonb_to_recordset(?::jsonb) as given(space text, account text)'
  await orm.em.fork().transactional(async (em) => {
    const values = [JSON.stringify(names)]
    await em.execute(
      `insert into vault.retired (space_id, account_id) select space, account from ${given} on conflict do nothing`,
      values,
    )
    await em.execute(
      `delete from vault.keys k using ${given} where k.space_id = given.space and given.account in ('', k.account_id)`,
      values,
    )
  })
}

/** `mark`: what the vault remembers of its ledger. Throws LedgerRefused where this is none, another's, or an older copy. */
export async function assertNewestLedger(
  { name }: Pick<LedgerPlace, 'name'>,
  mark: LedgerMark,
  ledger: ErasureLedger | undefined,
): Promise<void> {
  const put = 'Put the newest one there (PF_ERASURE_LEDGER names the place), then start again.'
  if (ledger === undefined) {
    const found = `There is no erasure ledger at ${name}, and this installation has one`
    throw new LedgerRefused('ledger_missing', `${found}: without it, what was erased could come back. ${put}`)
  }
  if (ledger.id !== mark.ledger_id) {
    throw new LedgerRefused('ledger_other', `The erasure ledger at ${name} belongs to another installation. ${put}`)
  }
  const entry = (await ledger.entries())[Number(mark.seq) - 1]
  if (entry?.hash === mark.hash) return
  const found = entry === undefined ? 'is older than this installation' : 'is not the one that this installation wrote'
  throw new LedgerRefused('ledger_old', `The erasure ledger at ${name} ${found}. ${put}`)
}

async function remember(em: EntityManager, ledgerId: string, { seq, hash }: LedgerEntry): Promise<void> {
  await em.execute(
    `insert into vault.erasure_ledger (ledger_id, seq, hash) values (?, ?, ?)
      on conflict (one) do update set seq = excluded.seq, hash = excluded.hash where vault.erasure_ledger.seq < excluded.seq`,
    [ledgerId, seq, hash],
  )
}

/** How far something has followed the ledger: a row, so that it is as old as the rest of this database after a restore. */
export function erasureMark(orm: MikroORM, name: string) {
  return {
    async read(): Promise<number> {
      const [row] = await orm.em
        .fork()
        .execute<{ seq: string }[]>('select seq from vault.erasure_marks where name = ?', [name])
      return Number(row?.seq ?? 0)
    },
    async write(seq: number): Promise<void> {
      const sql =
        'insert into vault.erasure_marks (name, seq) values (?, ?) on conflict (name) do update set seq = excluded.seq'
      await orm.em.fork().execute(sql, [name, seq])
    },
  }
}
