import { MISSING_UPSTREAM, type StoredRow } from '@pf/providers/rules'
import type { DecisionRow, LinkRow, ObservationRow } from './lake.ts'

/**
 * One source's view of a payment as the account's ledger stands now: its latest step, joined with its observation. A payment
 * has one primary view, whose id is its own and from which its state is taken; views of other sources are linked to it.
 */
export type KnownRow = StoredRow & { viewId: string; linked: boolean; observationId: string; source: string }

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

export const knownLinkColumns = [...knownDecisionColumns, 'view_id'] as const
export type KnownLink = Pick<LinkRow, (typeof knownLinkColumns)[number]>

/** A decision, or a link (then with its view's id). */
export type KnownStep = KnownDecision & { view_id?: string }
const viewOf = (step: KnownStep): string => step.view_id ?? step.transaction_id

/** In the order in which they were decided. */
export const inOrder = (...steps: readonly (readonly KnownStep[])[]): KnownStep[] =>
  steps.flat().sort((a, b) => Number(a.decision_seq - b.decision_seq))

/** Rows by view id, of the months (`YYYY-MM`) that some steps touch. */
export type RowsByMonth = Map<string, Map<string, KnownRow>>

export const monthOf = (day: string): string => day.slice(0, 7)

/** Months whose rows have to be at hand before these steps are folded. */
export function monthsOf(steps: readonly KnownStep[]): Set<string> {
  const months = new Set<string>()
  for (const { date, prev_date } of steps) {
    months.add(monthOf(date))
    if (prev_date !== null) months.add(monthOf(prev_date))
  }
  return months
}

/** A step names an observation that is not at hand. */
export class ObservationMissing extends Error {
  constructor(step: KnownStep) {
    super(
      `Decision ${step.decision_seq} names observation ${step.observation_id}, which no file of the manifest holds.`,
    )
    this.name = 'ObservationMissing'
  }
}

/**
 * Folds steps, in their order, into the months' rows. A step that brings its observation replaces the row; one without
 * (vanished, seen again) changes the row that is there; `gone` takes it out. `elsewhere` finds an observation that stood
 * under another view: payments change their primary view. Throws ObservationMissing.
 */
export function foldSteps(
  months: RowsByMonth,
  steps: readonly KnownStep[],
  observations: ReadonlyMap<string, KnownObservation>,
  elsewhere: (observationId: string) => KnownRow | undefined = () => undefined,
): void {
  for (const step of steps) {
    const before = months.get(monthOf(step.prev_date ?? step.date))
    const known = before?.get(viewOf(step))
    before?.delete(viewOf(step))
    if (step.status === 'gone') continue
    const own = known?.observationId === step.observation_id ? known : undefined
    const observation = observations.get(step.observation_id) ?? observationOf(own ?? elsewhere(step.observation_id))
    if (observation === undefined) throw new ObservationMissing(step)
    const month = monthOf(step.date)
    const rows = months.get(month) ?? new Map<string, KnownRow>()
    rows.set(viewOf(step), knownRowOf(step, observation))
    months.set(month, rows)
  }
}

function knownRowOf(step: KnownStep, observation: KnownObservation): KnownRow {
  const flags = flagsOf(observation.flags)
  return {
    transactionId: step.transaction_id,
    viewId: viewOf(step),
    linked: step.view_id !== undefined,
    observationId: observation.observation_id,
    source: observation.source,
    status: step.status === 'pending' ? 'pending' : 'booked',
    date: step.date,
    ...(observation.date_time === null ? {} : { dateTime: observation.date_time }),
    amountMinor: step.amount_minor,
    currency: step.currency,
    ...(observation.tid === null ? {} : { tid: observation.tid }),
    ...(observation.iid === null ? {} : { iid: observation.iid }),
    fp: observation.fp,
    description: observation.description,
    counterparty: observation.counterparty,
    flags: step.missing_upstream ? [...flags, MISSING_UPSTREAM] : flags,
    contentHash: observation.content_hash,
  }
}

function observationOf(known: KnownRow | undefined): KnownObservation | undefined {
  return (
    known && {
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
  )
}

/** Column `flags` of observations: the normaliser's flags, comma-separated, empty where there are none. */
export const flagsText = (flags: readonly string[]): string =>
  flags.filter((flag) => flag !== MISSING_UPSTREAM).join(',')
const flagsOf = (text: string): string[] => (text === '' ? [] : text.split(','))
