import { MISSING_UPSTREAM, type StoredRow } from '@pf/providers/rules'
import type { DecisionRow, ObservationRow } from './lake.ts'

/**
 * What matching needs of one transaction as the account's ledger stands now: its latest decision, joined with its
 * observation. `source`: the provider instance; rows of different sources are never matched by the rules for one.
 */
export type KnownRow = StoredRow & { observationId: string; source: string }

/** The columns of an observation that a known row is made of. */
export const knownObservationColumns = [
  'observation_id',
  'source',
  'date_time',
  'tid',
  'iid',
  'fp',
  'description',
  'counterparty',
  'flags',
  'content_hash',
] as const
export type KnownObservation = Pick<ObservationRow, (typeof knownObservationColumns)[number]>

export const knownDecisionColumns = [
  'decision_seq',
  'transaction_id',
  'observation_id',
  'status',
  'missing_upstream',
  'date',
  'amount_minor',
  'currency',
  'prev_date',
] as const
export type KnownDecision = Pick<DecisionRow, (typeof knownDecisionColumns)[number]>

/** Rows by transaction id, of the months (`YYYY-MM`) that some decisions touch. */
export type RowsByMonth = Map<string, Map<string, KnownRow>>

export const monthOf = (day: string): string => day.slice(0, 7)

/** Months whose rows have to be at hand before these decisions are folded. */
export function monthsOf(decisions: readonly KnownDecision[]): Set<string> {
  const months = new Set<string>()
  for (const { date, prev_date } of decisions) {
    months.add(monthOf(date))
    if (prev_date !== null) months.add(monthOf(prev_date))
  }
  return months
}

/**
 * Folds decisions, in their order, into the months' rows. A decision that brings its observation replaces the row; one
 * without (vanished, seen again) changes the row that is there; `gone` takes it out.
 */
export function foldDecisions(
  months: RowsByMonth,
  decisions: readonly KnownDecision[],
  observations: ReadonlyMap<string, KnownObservation>,
): void {
  for (const decision of decisions) {
    const before = months.get(monthOf(decision.prev_date ?? decision.date))
    const known = before?.get(decision.transaction_id)
    before?.delete(decision.transaction_id)
    if (decision.status === 'gone') continue
    const observation = observations.get(decision.observation_id) ?? (known && observationOf(known))
    if (observation === undefined) {
      throw new Error(
        `Decision ${decision.decision_seq} names observation ${decision.observation_id}, which no file of the manifest holds.`,
      )
    }
    const month = monthOf(decision.date)
    const rows = months.get(month) ?? new Map<string, KnownRow>()
    rows.set(decision.transaction_id, knownRowOf(decision, observation))
    months.set(month, rows)
  }
}

function knownRowOf(decision: KnownDecision, observation: KnownObservation): KnownRow {
  const flags = flagsOf(observation.flags)
  return {
    transactionId: decision.transaction_id,
    observationId: observation.observation_id,
    source: observation.source,
    status: decision.status === 'pending' ? 'pending' : 'booked',
    date: decision.date,
    dateTime: observation.date_time ?? undefined,
    amountMinor: decision.amount_minor,
    currency: decision.currency,
    tid: observation.tid ?? undefined,
    iid: observation.iid ?? undefined,
    fp: observation.fp,
    description: observation.description,
    counterparty: observation.counterparty,
    flags: decision.missing_upstream ? [...flags, MISSING_UPSTREAM] : flags,
    contentHash: observation.content_hash,
  }
}

function observationOf(known: KnownRow): KnownObservation {
  return {
    observation_id: known.observationId,
    source: known.source,
    date_time: known.dateTime ?? null,
    tid: known.tid ?? null,
    iid: known.iid ?? null,
    fp: known.fp,
    description: known.description,
    counterparty: known.counterparty,
    flags: flagsText(known.flags),
    content_hash: known.contentHash,
  }
}

/** Column `flags` of observations: the normaliser's flags, comma-separated, empty where there are none. */
export const flagsText = (flags: readonly string[]): string =>
  flags.filter((flag) => flag !== MISSING_UPSTREAM).join(',')
const flagsOf = (text: string): string[] => (text === '' ? [] : text.split(','))
