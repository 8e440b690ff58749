import { dayNumber } from './days.ts'
import { moneyOf, Pairing, pairNearest } from './pairing.ts'
import type { Decision, DecisionKind, DecisionRule, NormalisedRow, Section, StoredRow } from './row.ts'
import { textComparison } from './text.ts'

/**
 * Raised with every change of the rules, also of those by which ids are minted; decisions of different versions stand beside each
 * other in the lake. 3: ids are numbered rows of an answer, and what a source books late in days that two cover is added.
 */
export const IDENTITY_VERSION = 3

export const MISSING_UPSTREAM = 'missing_upstream'

/** An internal id is the provider's hash: a bank may move its row by weeks without changing it. */
const MAX_DAYS_IID = 60
const MAX_DAYS_TID = 10
const MAX_DAYS_VANISHED = 5
const MAX_DAYS_PENDING = 8
/** A hotel may hold an amount for weeks before it books. */
const MAX_DAYS_PENDING_TID = 60

/** `to` is the day of the fetch; rows dated ahead of it are in the window too, since no end is ever asked for. */
export interface FetchedWindow {
  from: string
  to: string
}

/**
 * Decides which known payment each row of one response is (gocardless.md §8.5–8.6). `history`: the current rows of ONE
 * account and source, all pending ones and the booked ones from some 60 days before `window.from` on. `mint` gives the id of
 * a row never seen before. One decision for each incoming row in its order, then one for each stored row that the response
 * should have held and did not: `vanished` (booked, flagged `missing_upstream`, kept) and `pending_gone`. A row that is
 * missing already is not decided again.
 */
export function decideIdentity(
  history: readonly StoredRow[],
  incoming: readonly NormalisedRow[],
  window: FetchedWindow,
  mint: (row: NormalisedRow) => string,
): { decisions: Decision[] } {
  const known = bySection(history, ({ status }) => status)
  const lists = bySection(incoming, ({ section }) => section)
  const decided: Decided = new Map()
  const booked = pairBooked(known.booked, lists.booked, window)
  const stillPending = splitBookedAlready(lists.pending, known.booked, decided)
  const pendingGone = pairPending(known.pending, stillPending, booked.unmatched, decided)

  let place = 0
  const decisions = incoming.map((row) => {
    const again = row.section === 'booked' ? booked.decisionOn(row, place++) : undefined
    return again ?? decided.get(row) ?? decision('new', 'minted', mint(row), row)
  })
  for (const row of booked.absent) {
    if (!row.flags.includes(MISSING_UPSTREAM)) decisions.push(gone(row, 'vanished', [...row.flags, MISSING_UPSTREAM]))
  }
  for (const row of pendingGone) decisions.push(gone(row, 'pending_gone', row.flags))
  return { decisions }
}

type Decided = Map<NormalisedRow, Decision>

/** In their order. Most lists hold booked rows alone, and are taken as they are. */
function bySection<Row>(rows: readonly Row[], sectionOf: (row: Row) => Section): Record<Section, readonly Row[]> {
  const pending = rows.filter((row) => sectionOf(row) === 'pending')
  const booked = pending.length === 0 ? rows : rows.filter((row) => sectionOf(row) === 'booked')
  return { booked, pending }
}

type Known = { iid?: string | undefined; tid?: string | undefined; fp: string }
const iidOf = (row: Known) => row.iid
const tidOf = (row: Known) => row.tid
const lookOf = (row: Known) => row.fp
const PASSES = [
  { rule: 'iid', storedKey: iidOf, incomingKey: iidOf, sameMoney: true, maxDays: MAX_DAYS_IID },
  { rule: 'tid', storedKey: tidOf, incomingKey: tidOf, sameMoney: true, maxDays: MAX_DAYS_TID },
  { rule: 'fp', storedKey: lookOf, incomingKey: lookOf, sameMoney: true, maxDays: 0 },
] as const

function pairBooked(known: readonly StoredRow[], rows: readonly NormalisedRow[], window: FetchedWindow) {
  const inWindow = (row: StoredRow) =>
    row.date >= window.from && (row.date <= window.to || row.flags.includes('future_dated'))
  const pairing = new Pairing(known, rows)
  const rules: DecisionRule[] = new Array<DecisionRule>(rows.length).fill('minted')
  for (const { rule, ...pass } of PASSES) for (const place of pairing.pair(pass)) rules[place] = rule
  // Similar texts are only asked of rows that have vanished: that is why two real equal payments never become one.
  const vanished = pairing.pair({
    storedKey: (row) => (inWindow(row) ? moneyOf(row) : undefined),
    incomingKey: moneyOf,
    maxDays: MAX_DAYS_VANISHED,
    accept: textComparison(),
  })
  for (const place of vanished) rules[place] = 'vanish_appear'
  return {
    unmatched: pairing.incomingLeft(),
    absent: pairing.storedLeft().filter(inWindow),
    decisionOn(row: NormalisedRow, place: number): Decision | undefined {
      const stored = pairing.partnerOf(place)
      if (stored === undefined) return undefined
      return decision(kindOf(row, stored), rules[place] ?? 'minted', stored.transactionId, row)
    },
  }
}

/**
 * A bank may go on listing as pending what it booked before: such a row is that booked payment, known by its id (some banks
 * give one out again after years), or by an equal moment and amount.
 */
function splitBookedAlready(
  rows: readonly NormalisedRow[],
  known: readonly StoredRow[],
  decided: Decided,
): readonly NormalisedRow[] {
  if (rows.length === 0) return rows
  const momentOf = (row: StoredRow | NormalisedRow) => row.dateTime && `${row.dateTime} ${moneyOf(row)}`
  const byTid = lastBy(known, (row) => row.tid, new Set(rows.map((row) => row.tid)))
  const byMoment = lastBy(known, momentOf, new Set(rows.map(momentOf)))
  return rows.filter((row) => {
    const sameId = row.tid === undefined ? undefined : byTid.get(row.tid)
    const recent = sameId && daysBetween(sameId, row) <= MAX_DAYS_PENDING_TID ? sameId : undefined
    const found = recent ?? byMoment.get(momentOf(row) ?? '')
    if (found === undefined) return true
    decided.set(row, decision('unchanged', 'already_booked', found.transactionId, row))
    return false
  })
}

const daysBetween = (a: { date: string }, b: { date: string }) => Math.abs(dayNumber(a.date) - dayNumber(b.date))

/** The latest of the rows that have each wanted key. */
function lastBy(
  rows: readonly StoredRow[],
  keyOf: (row: StoredRow) => string | undefined,
  wanted: ReadonlySet<string | undefined>,
): Map<string, StoredRow> {
  const last = new Map<string, StoredRow>()
  for (const row of rows) {
    const key = keyOf(row)
    if (!key || !wanted.has(key)) continue
    const before = last.get(key)
    if (before === undefined || before.date <= row.date) last.set(key, row)
  }
  return last
}

/**
 * Pending rows are a replaced set. Those seen again keep their id first; what is left may have been booked; and what is left
 * then may be a pending row whose day or text the bank changed. Returns the stored ones that are gone.
 */
function pairPending(
  known: readonly StoredRow[],
  rows: readonly NormalisedRow[],
  booked: readonly NormalisedRow[],
  decided: Decided,
): readonly StoredRow[] {
  const byId = { storedKey: tidOf, incomingKey: tidOf, maxDays: MAX_DAYS_PENDING_TID }
  const byLook = { storedKey: moneyOf, incomingKey: moneyOf, maxDays: MAX_DAYS_PENDING, accept: textComparison() }

  const again = pairNearest({ stored: known, incoming: rows, ...byId })
  note(again.pairs, 'pending_tid', decided)
  const same = pairNearest({
    stored: again.stored,
    incoming: again.incoming,
    storedKey: lookOf,
    incomingKey: lookOf,
    maxDays: 0,
  })
  note(same.pairs, 'pending_fp', decided)

  const settled = pairNearest({ stored: same.stored, incoming: booked, ...byId })
  note(settled.pairs, 'pending_tid', decided)
  const settledLike = pairNearest({ stored: settled.stored, incoming: settled.incoming, ...byLook })
  note(settledLike.pairs, 'pending_similar', decided)

  const redated = pairNearest({ stored: settledLike.stored, incoming: same.incoming, ...byLook })
  note(redated.pairs, 'pending_redated', decided)
  return redated.stored
}

function note(pairs: Map<NormalisedRow, StoredRow>, rule: DecisionRule, decided: Decided): void {
  for (const [row, stored] of pairs) decided.set(row, decision(kindOf(row, stored), rule, stored.transactionId, row))
}

function kindOf(row: NormalisedRow, stored: StoredRow): DecisionKind {
  if (row.section === 'booked' && stored.status === 'pending') return 'booked_from_pending'
  const cameBack = stored.flags.includes(MISSING_UPSTREAM)
  return row.contentHash === stored.contentHash && !cameBack ? 'unchanged' : 'changed'
}

function decision(kind: DecisionKind, rule: DecisionRule, transactionId: string, row: NormalisedRow): Decision {
  return { row, transactionId, kind, rule, ruleVersion: IDENTITY_VERSION, flags: row.flags }
}

function gone(row: StoredRow, kind: 'vanished' | 'pending_gone', flags: readonly string[]): Decision {
  return { transactionId: row.transactionId, kind, rule: 'absent', ruleVersion: IDENTITY_VERSION, flags }
}
