import { IDENTITY_VERSION, MISSING_UPSTREAM, type NormalisedRow, type StoredRow } from '@pf/providers/rules'
import { flagsText, type KnownRow } from './known-rows.ts'
import type { DecisionRow, HeldLakeRow, LinkRow, ObservationRow } from './lake.ts'
import { amountOf } from './money.ts'

/** Rows to write for one command on a ledger: only what is new or changed. */
export type LedgerPlan = {
  observations: ObservationRow[]
  decisions: DecisionRow[]
  links: LinkRow[]
  held: HeldLakeRow[]
  /** Number of the account's last step after these. */
  decisionSeq: number
}

/** By whose word, and against what. */
export type PlanContext = {
  accountId: string
  /** What the steps are of: a sync, an import, a user's decision. */
  syncId: string
  decidedAt: string
  /** Number of the account's last step before these. */
  decisionSeq: number
  /** A UUID made of these parts, the same every time. */
  idOf(...parts: readonly (string | number)[]): string
}

/** Where an observation stands. */
export type Told = {
  spaceId: string
  /** Empty: a file, which no consent stands behind. */
  connectionId: string
  source: string
  raw: { key: string; sha256: string }
  fetchedAt: string
  bankNow: string
  normaliserVersion: number
}

/** Why a step was made. `version`: of the rules, or of nothing where the user said so. */
export type Why = { kind: string; rule: string; version?: number }
export const byUser = (kind: string): Why => ({ kind, rule: 'user' })

/** What a step leaves: which observation is known of it, and how it stands. */
export type Standing = Pick<StoredRow, 'date' | 'amountMinor' | 'currency'> & {
  observationId: string
  status: 'booked' | 'pending' | 'gone'
  missing: boolean
}

export const emptyPlan = ({ decisionSeq }: Pick<PlanContext, 'decisionSeq'>): LedgerPlan => ({
  observations: [],
  decisions: [],
  links: [],
  held: [],
  decisionSeq,
})

export const isMissing = (row: KnownRow): boolean => row.flags.includes(MISSING_UPSTREAM)

export const standingOf = (row: KnownRow): Standing => ({
  date: row.date,
  amountMinor: row.amountMinor,
  currency: row.currency,
  observationId: row.observationId,
  status: row.status,
  missing: isMissing(row),
})

/** A step of a payment's primary view. `prevDate`: its day before, where it was there. */
export function decide(
  plan: LedgerPlan,
  transactionId: string,
  to: Standing,
  prevDate: string | undefined,
  why: Why,
  context: PlanContext,
): void {
  plan.decisions.push({ ...stepOf(plan, to, prevDate, why, context), transaction_id: transactionId })
}

/** A step of a linked view. */
export function link(
  plan: LedgerPlan,
  view: { viewId: string; transactionId: string; source: string; before?: string },
  to: Standing,
  prevDate: string | undefined,
  why: Why,
  context: PlanContext,
): void {
  plan.links.push({
    ...stepOf(plan, to, prevDate, why, context),
    view_id: view.viewId,
    transaction_id: view.transactionId,
    source: view.source,
    prev_transaction_id: view.before ?? null,
  })
}

function stepOf(plan: LedgerPlan, to: Standing, prevDate: string | undefined, why: Why, context: PlanContext) {
  plan.decisionSeq += 1
  return {
    account_id: context.accountId,
    decision_seq: BigInt(plan.decisionSeq),
    observation_id: to.observationId,
    kind: why.kind,
    rule: why.rule,
    rule_version: why.version ?? IDENTITY_VERSION,
    status: to.status,
    missing_upstream: to.missing,
    sync_id: context.syncId,
    decided_at: context.decidedAt,
    date: to.date,
    amount_minor: to.amountMinor,
    currency: to.currency,
    prev_date: prevDate ?? null,
  }
}

/** A linked view ends: its payment goes on without it. */
export function unlink(plan: LedgerPlan, view: KnownRow, why: Why, context: PlanContext): void {
  link(plan, view, { ...standingOf(view), status: 'gone' }, view.date, why, context)
}

/** A payment's primary view becomes a linked one beside the one that takes its place. */
export function demote(
  plan: LedgerPlan,
  primary: KnownRow,
  transactionId: string,
  why: Why,
  context: PlanContext,
): void {
  const viewId = context.idOf('view', context.accountId, primary.transactionId, primary.observationId)
  const view = { viewId, transactionId, source: primary.source, before: primary.transactionId }
  link(plan, view, standingOf(primary), undefined, why, context)
}

/** A linked view, now what the payment's state is taken from. */
export function promote(
  plan: LedgerPlan,
  view: KnownRow,
  { transactionId, prevDate }: { transactionId: string; prevDate: string | undefined },
  why: Why,
  context: PlanContext,
): void {
  unlink(plan, view, why, context)
  decide(plan, transactionId, standingOf(view), prevDate, why, context)
}

/** The best word on one payment: what a bank still shows before what it no longer does, booked before pending. */
export function bestOf(views: readonly KnownRow[]): KnownRow | undefined {
  const rank = (row: KnownRow) => (isMissing(row) ? 2 : 0) + (row.status === 'booked' ? 0 : 1)
  return views.reduce<KnownRow | undefined>(
    (best, row) => (best === undefined || rank(row) < rank(best) ? row : best),
    undefined,
  )
}

/**
 * The id of row `index` of what `id` names. Neighbours differ in their last digits alone, so that a column of them takes
 * next to nothing: random ids were half of what a transaction took on disk.
 */
export const ofRow = (id: string, index: number): string => `${id.slice(0, 28)}${index.toString(16).padStart(8, '0')}`

/** Writes what a source said of one row. */
export function observe(plan: LedgerPlan, row: NormalisedRow, told: Told, context: PlanContext): Standing {
  const observationId = ofRow(
    context.idOf('observation', context.accountId, context.syncId, told.raw.sha256),
    row.index,
  )
  plan.observations.push({
    observation_id: observationId,
    space_id: told.spaceId,
    account_id: context.accountId,
    connection_id: told.connectionId,
    sync_id: context.syncId,
    source: told.source,
    section: row.section,
    observed_at: told.fetchedAt,
    bank_now: told.bankNow,
    raw_key: told.raw.key,
    raw_sha256: told.raw.sha256,
    row_index: row.index,
    normaliser_version: told.normaliserVersion,
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
  })
  const { date, amountMinor, currency, section: status } = row
  return { date, amountMinor, currency, observationId, status, missing: false }
}

const dayMs = 86_400_000

/** Between two calendar days, either way. */
export const daysBetween = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / dayMs

export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10)
}
