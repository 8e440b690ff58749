import type { Statement } from '@pf/providers/files'
import { type Normalised, normaliseRows } from '@pf/providers/rules'
import { coverageOf } from '../domain/ledger.ts'
import { dayBefore } from '../domain/ledger-plan.ts'
import { MATCHING_DAYS, planSync, type SyncPlan } from '../domain/sync-plan.ts'
import type { Parts } from './parts.ts'
import type { Account, Present } from './present.ts'
import { contextOf } from './stated-row.ts'
import { type Reading, windowOf } from './statements.ts'

export type Part = Statement['accounts'][number]
/** A file, opened: which of its accounts, how it was read, and when. */
export type Opened = {
  statement: Statement
  part: Part
  reading: Reading
  at: string
}
export type Planned = { plan: SyncPlan; answer: Normalised; window: { from: string; to: string } }

export const sourceOf = ({ statement }: Opened): string => `file-${statement.format}`

export function contextFor(
  { accountId }: Account,
  syncId: string,
  { at }: Pick<Opened, 'at'>,
  { ledger }: Present,
  { idOf }: Parts,
) {
  return { accountId, syncId, decidedAt: at, decisionSeq: ledger.decisionSeq, idOf }
}

/** Which payments the rows of a file are. Writes nothing. */
export async function planStatement(
  parts: Parts,
  account: Account,
  { importId, raw, opened }: { importId: string; raw: { key: string; sha256: string }; opened: Opened },
  present: Present,
): Promise<Planned> {
  const { part, at } = opened
  const today = at.slice(0, 10)
  const currency = part.currency ?? opened.reading.currency ?? ''
  const answer = normaliseRows(
    { booked: part.rows.map(({ row }) => row), pending: [] },
    { ...(await contextOf(account, { today, currency }, parts)), institutionId: '' },
  )
  const days = answer.rows.map(({ date }) => ({ from: date, to: date }))
  const window = part.window ?? windowOf(days) ?? { from: today, to: today }
  const plan = planSync(present.rows.since(dayBefore(window.from, MATCHING_DAYS)), answer, {
    ...contextFor(account, importId, opened, present, parts),
    spaceId: account.spaceId,
    connectionId: '',
    source: sourceOf(opened),
    window,
    raw,
    fetchedAt: at,
    bankNow: at,
    normaliserVersion: answer.version,
    covered: coverageOf(present.ledger),
    held: present.held,
    words: present.ledger.words,
    exhaustive: false,
    rawRow: (index) => part.rows[index]?.raw,
  })
  return { plan, answer, window }
}
