import type { HeldVerdict } from '@pf/contracts'
import type { HeldReason, Readable } from '@pf/providers/rules'
import type { HeldLakeRow, HeldRowV1 } from './lake.ts'
import type { LedgerPlan, PlanContext, Told } from './ledger-plan.ts'

/** A row that waits for the user, or did: as it stands in the lake, by its id. */
export type HeldRows = ReadonlyMap<string, HeldLakeRow>

/** The user's word on a held row. */
export type HeldWord = {
  readonly verdict: HeldVerdict
  readonly transactionId?: string
  readonly decidedAt: string
}

/** Folds rows of dataset `held`, in their order: the first time a row came is the one that is told. */
export function foldHeld(before: HeldRows, rows: readonly HeldLakeRow[]): HeldRows {
  const held = new Map(before)
  for (const row of rows) {
    if (row.kind === 'released') held.delete(row.held_id)
    else if (!held.has(row.held_id)) held.set(row.held_id, row)
  }
  return held
}

/** As version 2 has it: the same pointer is the same row, and nothing tells the source. */
export function ofVersion1(row: HeldRowV1, idOf: PlanContext['idOf']): HeldLakeRow {
  const unknown = { source: '', observed_at: '1970-01-01T00:00:00.000Z', raw_sha256: '' }
  const read = { date: null, amount_minor: null, currency: null, description: null }
  return { ...row, ...unknown, ...read, held_id: idOf('held', row.account_id, row.payload_pointer), kind: 'held' }
}

/** A row of an answer that cannot become a payment yet. `raw`: as the source sent it. */
export type Doubtful = {
  index: number
  section: string
  reason: HeldReason | 'payload_unreadable'
  read: Readable
  raw: unknown
}

/**
 * Ids of doubtful rows: the same row delivered again is the same one, whatever the rest of the answer is; equal ones are
 * counted.
 */
export function heldIdsOf(
  rows: readonly Doubtful[],
  source: string,
  { accountId, idOf }: Pick<PlanContext, 'accountId' | 'idOf'>,
): Map<Doubtful, string> {
  const times = new Map<string, number>()
  const ids = new Map<Doubtful, string>()
  for (const row of rows) {
    const said = JSON.stringify(row.raw) ?? ''
    const time = times.get(said) ?? 0
    times.set(said, time + 1)
    ids.set(row, idOf('held', accountId, source, said, time))
  }
  return ids
}

/** Writes down the rows that were not held before. */
export function hold(
  plan: LedgerPlan,
  rows: ReadonlyMap<Doubtful, string>,
  known: HeldRows,
  told: Told,
  context: PlanContext,
): void {
  for (const [row, heldId] of rows) {
    if (known.has(heldId)) continue
    plan.held.push({
      account_id: context.accountId,
      sync_id: context.syncId,
      held_id: heldId,
      kind: 'held',
      source: told.source,
      observed_at: told.fetchedAt,
      raw_key: told.raw.key,
      raw_sha256: told.raw.sha256,
      row_index: row.index,
      section: row.section,
      reason: row.reason,
      payload_pointer: `${told.raw.key}#${row.index}`,
      date: row.read.date ?? null,
      amount_minor: row.read.amountMinor ?? null,
      currency: row.read.currency ?? null,
      description: row.read.description ?? null,
    })
  }
}

/**
 * Rows that were held and are not in this answer though it should have them: the bank took them back, or sends them
 * readable. Pending ones are a replaced set; without a day nobody can say that an answer should have it.
 */
export function release(
  plan: LedgerPlan,
  delivered: ReadonlySet<string>,
  answer: { known: HeldRows; words: Readonly<Record<string, HeldWord>>; window: { from: string; to: string } },
  told: Told,
  context: PlanContext,
): void {
  const { from, to } = answer.window
  for (const row of answer.known.values()) {
    if (row.source !== told.source || delivered.has(row.held_id) || answer.words[row.held_id] !== undefined) continue
    const expected = row.section === 'pending' || (row.date !== null && row.date >= from && row.date <= to)
    if (!expected || row.section === 'balances') continue
    letGo(plan, row, told, context)
  }
}

/** It waits for nobody any more. */
export function letGo(
  plan: LedgerPlan,
  row: HeldLakeRow,
  { fetchedAt }: Pick<Told, 'fetchedAt'>,
  { syncId }: PlanContext,
): void {
  plan.held.push({ ...row, sync_id: syncId, kind: 'released', observed_at: fetchedAt })
}
