import type { Counts } from '@pf/contracts'
import {
  type Days,
  type Decision,
  decideIdentity,
  type HeldRow,
  IDENTITY_VERSION,
  MAX_DAYS_ACROSS,
  matchAcrossSources,
  type NormalisedRow,
} from '@pf/providers/rules'
import { type Doubtful, type HeldRows, type HeldWord, heldIdsOf, hold, letGo, release } from './held-rows.ts'
import type { KnownRow } from './known-rows.ts'
import type { HeldLakeRow } from './lake.ts'
import {
  bestOf,
  daysBetween,
  decide,
  demote,
  emptyPlan,
  isMissing,
  type LedgerPlan,
  link,
  observe,
  ofRow,
  type PlanContext,
  promote,
  standingOf,
  type Told,
  unlink,
} from './ledger-plan.ts'

/** So many days before a window booked rows may still be matched: a bank re-dates rows under the same internal id. */
export const MATCHING_DAYS = 62

/** Where an answer came from, and against what it is decided. */
export type SyncContext = PlanContext &
  Told & {
    window: { from: string; to: string }
    /** Days that each source has told of so far. */
    covered: Readonly<Record<string, readonly Days[]>>
    held: HeldRows
    words: Readonly<Record<string, HeldWord>>
    /** A file may be an extract: what it leaves out has not vanished. True unless told. */
    exhaustive?: boolean
    /** A row as the source sent it. */
    rawRow(index: number): unknown
  }

export type SyncPlan = LedgerPlan & {
  counts: Counts
  /** Rows that say a payment again which another source told first. */
  linked: number
  /** Views that the answer says again, word for word. */
  unchanged: KnownRow[]
  vanished: number
  identityVersion: number
}

/** No day lies in it. */
const nothingExpected = { from: '9999-12-31', to: '0000-01-01' }

type Answer = { rows: readonly NormalisedRow[]; held: readonly HeldRow[] }

/**
 * Which payments the rows of one answer (or file) are, as rows of the lake. Serial per account: `known` is the ledger as it
 * stands after step `context.decisionSeq`. Rows are matched with the source's own views first; what is new to it is
 * compared with what other sources told (ADR 8). Pure, so that it may run in a worker and again at replay with the same result.
 */
export function planSync(known: readonly KnownRow[], answer: Answer, context: SyncContext): SyncPlan {
  const plan: SyncPlan = {
    ...emptyPlan(context),
    counts: { observed: answer.rows.length + answer.held.length, added: 0, updated: 0, unchanged: 0, held: 0 },
    linked: 0,
    unchanged: [],
    vanished: 0,
    identityVersion: IDENTITY_VERSION,
  }
  const unreadable = answer.held.map((row) => ({ ...row, raw: context.rawRow(row.index) }))
  const unreadableIds = heldIdsOf(unreadable, context.source, context)
  const views = viewsOf(known, standIns([...unreadableIds.values()], context), context)
  const { exhaustive = true } = context
  const expected = exhaustive ? context.window : nothingExpected
  const { decisions } = decideIdentity(views.own.map(asView), answer.rows, expected, mintFor(views.byId, context))
  const others = compareAcross(decisions, known, views, context)
  for (const decision of decisions) {
    const { row } = decision
    const twin = row && others.linked.get(row)
    if (row && others.differ.has(row)) continue
    if (row && twin) linkNew(plan, decision, { row, primary: twin }, context)
    else if (row === undefined) addAbsence(plan, decision, views, context)
    else if (decision.kind === 'unchanged') addUnchanged(plan, views.byId.get(decision.transactionId))
    else addChange(plan, decision, row, views, context)
  }
  const differing = [...others.differ].map((row) => differingRow(row, context))
  const held = new Map([...unreadableIds, ...heldIdsOf(differing, context.source, context)])
  hold(plan, held, context.held, context, context)
  for (const row of others.confirmed) letGo(plan, row, context, context)
  if (exhaustive) release(plan, new Set(held.values()), { ...context, known: context.held }, context, context)
  for (const heldId of held.values()) plan.counts[context.words[heldId] === undefined ? 'held' : 'unchanged'] += 1
  return plan
}

/** Payments that the user made of rows which come again as they were: seen, though no row says so. */
function standIns(heldIds: readonly string[], { words }: SyncContext): Set<string> {
  return new Set(heldIds.flatMap((id) => (words[id]?.verdict === 'accept' ? (words[id].transactionId ?? []) : [])))
}

const differingRow = (row: NormalisedRow, { rawRow }: SyncContext): Doubtful => ({
  index: row.index,
  section: row.section,
  reason: 'sources_differ',
  read: { date: row.date, amountMinor: row.amountMinor, currency: row.currency, description: row.description },
  raw: rawRow(row.index),
})

type Views = {
  /** Of this answer's source. */
  own: KnownRow[]
  byId: ReadonlyMap<string, KnownRow>
  /** All views of a payment. */
  of: ReadonlyMap<string, readonly KnownRow[]>
}

function viewsOf(known: readonly KnownRow[], seen: ReadonlySet<string>, { source }: SyncContext): Views {
  const own = known.filter((row) => row.source === source && !seen.has(row.transactionId))
  const of = new Map<string, KnownRow[]>()
  // Few payments have more than one view: those alone are looked up.
  for (const row of known) if (row.linked) of.set(row.transactionId, [])
  if (of.size > 0) for (const row of known) of.get(row.transactionId)?.push(row)
  return { own, byId: new Map(own.map((row) => [row.viewId, row])), of }
}

/** The rules for one source speak of its views. */
const asView = (row: KnownRow): KnownRow => (row.linked ? { ...row, transactionId: row.viewId } : row)

function compareAcross(decisions: readonly Decision[], known: readonly KnownRow[], views: Views, context: SyncContext) {
  const { source, covered, window } = context
  const fresh = decisions.flatMap(({ kind, row }) => (kind === 'new' && row ? [row] : []))
  const told = new Set(known.flatMap((row) => (row.source === source ? [row.transactionId] : [])))
  const others = known.filter((row) => !row.linked && row.source !== source && !told.has(row.transactionId))
  const theirs = Object.entries(covered).flatMap(([name, days]) => (name === source ? [] : days))
  const { linked, differ } =
    fresh.length === 0 || (others.length === 0 && theirs.length === 0)
      ? { linked: new Map<NormalisedRow, KnownRow>(), differ: new Set<NormalisedRow>() }
      : matchAcrossSources(fresh, others, { ours: [...(covered[source] ?? []), window], theirs })
  for (const row of bookedLate(differ, decisions, views, context)) differ.delete(row)
  const confirmed = confirmedBy(
    fresh.filter((row) => !linked.has(row)),
    context,
  )
  for (const row of confirmed.keys()) differ.delete(row)
  // What comes out went in.
  return { linked: linked as Map<NormalisedRow, KnownRow>, differ, confirmed: new Set(confirmed.values()) }
}

/**
 * Rows of a day that this source told before without them: the bank has booked them since, so that what the others told
 * until now says nothing against them. One that was held before is none of these; nor one of an amount that the source has
 * let go of meanwhile, which may be that payment in other words: that is for a person to say. A file tells no day anew.
 */
function bookedLate(
  rows: ReadonlySet<NormalisedRow>,
  decisions: readonly Decision[],
  { byId }: Views,
  context: SyncContext,
): NormalisedRow[] {
  const { covered, source, held, words, exhaustive = true } = context
  const before = covered[source] ?? []
  if (!exhaustive || rows.size === 0 || before.length === 0) return []
  const gone = decisions.flatMap(({ row, transactionId }) => (row === undefined ? (byId.get(transactionId) ?? []) : []))
  const mayBe = (row: NormalisedRow, other: KnownRow) =>
    other.amountMinor === row.amountMinor &&
    other.currency === row.currency &&
    daysBetween(other.date, row.date) <= MATCHING_DAYS
  const candidates = [...rows]
  const ids = heldIdsOf(
    candidates.map((row) => differingRow(row, context)),
    source,
    context,
  )
  const heldIds = [...ids.values()]
  return candidates.filter((row, index) => {
    const heldId = heldIds[index] ?? ''
    if (held.has(heldId) || words[heldId] !== undefined) return false
    return before.some(({ from, to }) => from <= row.date && row.date <= to) && !gone.some((one) => mayBe(row, one))
  })
}

/** Rows that another source told, too, when this one had not: there they were held as a surplus, and are none any more. */
function confirmedBy(rows: readonly NormalisedRow[], { held, words, source }: SyncContext) {
  const surplus = new Set(
    [...held.values()].filter(
      (row) => row.reason === 'sources_differ' && row.source !== source && words[row.held_id] === undefined,
    ),
  )
  const confirmed = new Map<NormalisedRow, HeldLakeRow>()
  if (surplus.size === 0) return confirmed
  const apart = (row: NormalisedRow, other: HeldLakeRow) => daysBetween(row.date, other.date ?? '')
  for (const row of rows) {
    const [nearest] = [...surplus]
      .filter((other) => other.amount_minor === row.amountMinor && other.currency === row.currency)
      .filter((other) => apart(row, other) <= MAX_DAYS_ACROSS)
      .sort((a, b) => apart(row, a) - apart(row, b))
    if (nearest === undefined) continue
    surplus.delete(nearest)
    confirmed.set(row, nearest)
  }
  return confirmed
}

/** A payment of another source, told by this one for the first time. Booked here and pending there is booked. */
function linkNew(
  plan: SyncPlan,
  { transactionId: viewId }: Decision,
  { row, primary }: { row: NormalisedRow; primary: KnownRow },
  context: SyncContext,
): void {
  plan.linked += 1
  const to = observe(plan, row, context, context)
  const { transactionId } = primary
  const why = { kind: 'linked', rule: 'across_sources' }
  if (row.section === 'booked' && primary.status === 'pending') {
    plan.counts.updated += 1
    decide(plan, transactionId, to, primary.date, { ...why, kind: 'booked_from_pending' }, context)
    demote(plan, primary, transactionId, why, context)
    return
  }
  plan.counts.unchanged += 1
  link(plan, { viewId, transactionId, source: context.source }, to, undefined, why, context)
}

/**
 * (space, account, raw SHA-256, row index), as ADR "transaction id" has it. The same bytes may come again after a change
 * in between; where the id is taken by a view that is still there, the sync makes the difference.
 */
function mintFor(byId: ReadonlyMap<string, KnownRow>, { idOf, spaceId, accountId, raw, syncId }: SyncContext) {
  return (row: NormalisedRow): string => {
    const id = ofRow(idOf('transaction', spaceId, accountId, raw.sha256), row.index)
    return byId.has(id) ? ofRow(idOf('transaction', spaceId, accountId, raw.sha256, syncId), row.index) : id
  }
}

/** A view that is new or that the source words differently now. */
function addChange(plan: SyncPlan, decision: Decision, row: NormalisedRow, views: Views, context: SyncContext): void {
  const known = views.byId.get(decision.transactionId)
  if (decision.kind === 'new') plan.counts.added += 1
  else plan.counts.updated += 1
  const why = whyOf(decision)
  const to = observe(plan, row, context, context)
  const primary = known?.linked ? views.of.get(known.transactionId)?.find((row) => !row.linked) : undefined
  if (!known?.linked) decide(plan, decision.transactionId, to, known?.date, why, context)
  else if (to.status === 'booked' && primary?.status === 'pending') {
    unlink(plan, known, why, context)
    decide(plan, primary.transactionId, to, primary.date, why, context)
    demote(plan, primary, primary.transactionId, why, context)
  } else link(plan, known, to, known.date, why, context)
}

function addUnchanged(plan: SyncPlan, view: KnownRow | undefined): void {
  plan.counts.unchanged += 1
  if (view !== undefined) plan.unchanged.push(view)
}

const whyOf = ({ kind, rule, ruleVersion }: Decision) => ({ kind, rule, version: ruleVersion })

/** A view that the answer should have held and did not. */
function addAbsence(plan: SyncPlan, decision: Decision, views: Views, context: SyncContext): void {
  const known = views.byId.get(decision.transactionId)
  if (known === undefined)
    throw new Error(`Decision ${decision.kind} names a transaction that the ledger does not hold.`)
  const why = whyOf(decision)
  const ended = decision.kind === 'pending_gone'
  const to = { ...standingOf(known), missing: !ended, ...(ended ? { status: 'gone' as const } : {}) }
  const { transactionId, date: prevDate, linked } = known
  const next = ended && !linked ? bestOf(withoutMissing(views.of.get(transactionId), known)) : undefined
  if (!linked && !ended) plan.vanished += 1
  if (linked) link(plan, known, to, prevDate, why, context)
  else if (next === undefined) decide(plan, transactionId, to, prevDate, why, context)
  else promote(plan, next, { transactionId, prevDate }, { ...why, kind: 'changed' }, context)
}

const withoutMissing = (rows: readonly KnownRow[] = [], but: KnownRow) =>
  rows.filter((row) => row !== but && !isMissing(row))
