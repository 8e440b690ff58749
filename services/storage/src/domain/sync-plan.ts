import type { Counts } from '@pf/contracts'
import { type Decision, decideIdentity, type HeldRow, IDENTITY_VERSION, type NormalisedRow } from '@pf/providers/rules'
import { flagsText, type KnownRow } from './known-rows.ts'
import type { DecisionRow, HeldLakeRow, ObservationRow } from './lake.ts'
import { amountOf } from './money.ts'

/** So many days before a window booked rows may still be matched: a bank re-dates rows under the same internal id. */
export const MATCHING_DAYS = 62

/** Where an answer came from, and against what it is decided. */
export type SyncContext = {
  spaceId: string
  accountId: string
  connectionId: string
  syncId: string
  source: string
  window: { from: string; to: string }
  raw: { key: string; sha256: string }
  fetchedAt: string
  bankNow: string
  normaliserVersion: number
  decidedAt: string
  /** Number of the account's last decision before these. */
  decisionSeq: number
  /** A UUID made of these parts, the same every time. */
  idOf(...parts: readonly (string | number)[]): string
}

/** Rows to write for one sync: only what is new or changed. */
export type SyncPlan = {
  observations: ObservationRow[]
  decisions: DecisionRow[]
  held: HeldLakeRow[]
  counts: Counts
  vanished: number
  identityVersion: number
  decisionSeq: number
}

/**
 * Which payments the rows of one answer are, as rows of the lake. Serial per account: `known` is the ledger as it stands
 * after decision `context.decisionSeq`. Pure, so that it may run in a worker and again at replay with the same result.
 */
export function planSync(
  known: readonly KnownRow[],
  answer: { rows: readonly NormalisedRow[]; held: readonly HeldRow[] },
  context: SyncContext,
): SyncPlan {
  const history = known.filter((row) => row.source === context.source)
  const byId = new Map(history.map((row) => [row.transactionId, row]))
  const mint = mintFor(byId, context)
  const { decisions: decided } = decideIdentity(history, answer.rows, context.window, mint)
  const plan: SyncPlan = {
    observations: [],
    decisions: [],
    held: answer.held.map((row) => heldRow(row, context)),
    counts: {
      observed: answer.rows.length + answer.held.length,
      added: 0,
      updated: 0,
      unchanged: 0,
      held: answer.held.length,
    },
    vanished: 0,
    identityVersion: IDENTITY_VERSION,
    decisionSeq: context.decisionSeq,
  }
  for (const decision of decided) addDecision(plan, decision, byId.get(decision.transactionId), context)
  return plan
}

/**
 * (space, account, raw SHA-256, row index), as ADR "transaction id" has it. The same bytes may come again after a change
 * in between; where the id is taken by a payment that is still there, the sync makes the difference.
 */
function mintFor(byId: ReadonlyMap<string, KnownRow>, { idOf, spaceId, accountId, raw, syncId }: SyncContext) {
  return (row: NormalisedRow): string => {
    const id = idOf('transaction', spaceId, accountId, raw.sha256, row.index)
    return byId.has(id) ? idOf('transaction', spaceId, accountId, raw.sha256, row.index, syncId) : id
  }
}

function addDecision(plan: SyncPlan, decision: Decision, known: KnownRow | undefined, context: SyncContext): void {
  const { row } = decision
  if (row === undefined) {
    if (known === undefined)
      throw new Error(`Decision ${decision.kind} names a transaction that the ledger does not hold.`)
    if (decision.kind === 'vanished') plan.vanished += 1
    plan.decisions.push(
      decisionRow(plan, decision, { ...stateOf(known), missing: decision.kind === 'vanished' }, known, context),
    )
    return
  }
  if (decision.kind === 'unchanged') {
    plan.counts.unchanged += 1
    return
  }
  if (decision.kind === 'new') plan.counts.added += 1
  else plan.counts.updated += 1
  const observation = observationRow(row, context)
  plan.observations.push(observation)
  const state = { status: row.section, observationId: observation.observation_id, row, missing: false }
  plan.decisions.push(decisionRow(plan, decision, state, known, context))
}

type State = {
  status: 'booked' | 'pending'
  observationId: string
  row: { date: string; amountMinor: bigint; currency: string }
  missing: boolean
}

const stateOf = (known: KnownRow) => ({ status: known.status, observationId: known.observationId, row: known })

function decisionRow(
  plan: SyncPlan,
  decision: Decision,
  { status, observationId, row, missing }: State,
  known: KnownRow | undefined,
  context: SyncContext,
): DecisionRow {
  plan.decisionSeq += 1
  return {
    account_id: context.accountId,
    decision_seq: BigInt(plan.decisionSeq),
    transaction_id: decision.transactionId,
    observation_id: observationId,
    kind: decision.kind,
    rule: decision.rule,
    rule_version: decision.ruleVersion,
    status: decision.kind === 'pending_gone' ? 'gone' : status,
    missing_upstream: missing,
    sync_id: context.syncId,
    decided_at: context.decidedAt,
    date: row.date,
    amount_minor: row.amountMinor,
    currency: row.currency,
    prev_date: known?.date ?? null,
  }
}

function observationRow(row: NormalisedRow, context: SyncContext): ObservationRow {
  const { spaceId, accountId, connectionId, syncId, source, raw } = context
  return {
    observation_id: context.idOf('observation', accountId, syncId, raw.sha256, row.index),
    space_id: spaceId,
    account_id: accountId,
    connection_id: connectionId,
    sync_id: syncId,
    source,
    section: row.section,
    observed_at: context.fetchedAt,
    bank_now: context.bankNow,
    raw_key: raw.key,
    raw_sha256: raw.sha256,
    row_index: row.index,
    normaliser_version: context.normaliserVersion,
    date: row.date,
    value_date: row.valueDate ?? null,
    date_time: row.dateTime ?? null,
    amount_minor: row.amountMinor,
    amount: amountOf(row.amountMinor, row.currency),
    currency: row.currency,
    description: row.description,
    counterparty: row.counterparty,
    tid: row.tid ?? null,
    iid: row.iid ?? null,
    fp: row.fp,
    bank_code: row.bankCode ?? null,
    mcc: row.mcc ?? null,
    original_amount_minor: row.original?.amountMinor ?? null,
    original_currency: row.original?.currency ?? null,
    exchange_rate: row.original?.rate ?? null,
    flags: flagsText(row.flags),
    content_hash: row.contentHash,
  }
}

function heldRow(held: HeldRow, context: SyncContext): HeldLakeRow {
  return {
    account_id: context.accountId,
    sync_id: context.syncId,
    raw_key: context.raw.key,
    row_index: held.index,
    reason: held.reason,
    section: held.section,
    payload_pointer: `${context.raw.key}#${held.index}`,
  }
}

const dayMs = 86_400_000

export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10)
}
