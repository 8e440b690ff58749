import { pairNearest } from './pairing.ts'
import type { Decision, DecisionKind, DecisionRule, NormalisedRow, StoredRow } from './row.ts'
import { textComparison } from './text.ts'

/** Raised with every change of the rules; decisions of different versions stand beside each other in the lake. */
export const IDENTITY_VERSION = 2

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
  const known = { booked: history.filter(isBooked), pending: history.filter((row) => !isBooked(row)) }
  const decided = new Map<NormalisedRow, Decision>()

  const booked = pairBooked(
    known.booked,
    incoming.filter((row) => row.section === 'booked'),
    window,
    decided,
  )
  const pending = incoming.filter((row) => row.section === 'pending')
  const stillPending = splitBookedAlready(pending, known.booked, decided)
  const pendingGone = pairPending(known.pending, stillPending, booked.unmatched, decided)

  const decisions = incoming.map((row) => decided.get(row) ?? decision('new', 'minted', mint(row), row))
  for (const row of booked.absent) {
    if (!row.flags.includes(MISSING_UPSTREAM)) decisions.push(gone(row, 'vanished', [...row.flags, MISSING_UPSTREAM]))
  }
  for (const row of pendingGone) decisions.push(gone(row, 'pending_gone', [...row.flags]))
  return { decisions }
}

type Decided = Map<NormalisedRow, Decision>

const momentOf = (row: { dateTime?: string; amountMinor: bigint; currency: string }) => `${row.dateTime} ${money(row)}`
const isBooked = (row: { status: string }) => row.status === 'booked'
const money = (row: { amountMinor: bigint; currency: string }) => `${row.amountMinor} ${row.currency}`
const withMoney = (id: string | undefined, row: StoredRow | NormalisedRow) =>
  id === undefined ? undefined : `${id} ${money(row)}`

function pairBooked(known: StoredRow[], rows: NormalisedRow[], window: FetchedWindow, decided: Decided) {
  const inWindow = (row: StoredRow) =>
    row.date >= window.from && (row.date <= window.to || row.flags.includes('future_dated'))
  const by = (id: 'iid' | 'tid') => (row: StoredRow | NormalisedRow) => withMoney(row[id], row)
  const fp = (row: { fp: string }) => row.fp
  const passes = [
    { rule: 'iid', key: by('iid'), maxDays: MAX_DAYS_IID },
    { rule: 'tid', key: by('tid'), maxDays: MAX_DAYS_TID },
    { rule: 'fp', key: fp, maxDays: 0 },
  ] as const
  let left: { stored: StoredRow[]; incoming: NormalisedRow[] } = { stored: known, incoming: rows }
  for (const { rule, key, maxDays } of passes) {
    const paired = pairNearest({ ...left, storedKey: key, incomingKey: key, maxDays })
    note(paired.pairs, rule, decided)
    left = paired
  }
  // Similar texts are only asked of rows that have vanished: that is why two real equal payments never become one.
  const vanished = pairNearest({
    ...left,
    storedKey: (row) => (inWindow(row) ? money(row) : undefined),
    incomingKey: money,
    maxDays: MAX_DAYS_VANISHED,
    accept: textComparison(),
  })
  note(vanished.pairs, 'vanish_appear', decided)
  return { unmatched: vanished.incoming, absent: vanished.stored.filter(inWindow) }
}

/**
 * A bank may go on listing as pending what it booked before: such a row is that booked payment, known by its id, or by an
 * equal moment and amount.
 */
function splitBookedAlready(rows: NormalisedRow[], known: StoredRow[], decided: Decided): NormalisedRow[] {
  const byTid = new Map(known.flatMap((row) => (row.tid === undefined ? [] : [[row.tid, row]])))
  const byMoment = new Map(known.flatMap((row) => (row.dateTime === undefined ? [] : [[momentOf(row), row]])))
  return rows.filter((row) => {
    const found =
      (row.tid === undefined ? undefined : byTid.get(row.tid)) ??
      (row.dateTime === undefined ? undefined : byMoment.get(momentOf(row)))
    if (found === undefined) return true
    decided.set(row, decision('unchanged', 'already_booked', found.transactionId, row))
    return false
  })
}

/**
 * Pending rows are a replaced set. Those seen again keep their id first; what is left may have been booked; and what is left
 * then may be a pending row whose day or text the bank changed. Returns the stored ones that are gone.
 */
function pairPending(
  known: StoredRow[],
  rows: NormalisedRow[],
  booked: NormalisedRow[],
  decided: Decided,
): StoredRow[] {
  const tid = (row: { tid?: string }) => row.tid
  const fp = (row: { fp: string }) => row.fp
  const byId = { storedKey: tid, incomingKey: tid, maxDays: MAX_DAYS_PENDING_TID }
  const byLook = { storedKey: money, incomingKey: money, maxDays: MAX_DAYS_PENDING, accept: textComparison() }

  const again = pairNearest({ stored: known, incoming: rows, ...byId })
  note(again.pairs, 'pending_tid', decided)
  const same = pairNearest({
    stored: again.stored,
    incoming: again.incoming,
    storedKey: fp,
    incomingKey: fp,
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
  return { row, transactionId, kind, rule, ruleVersion: IDENTITY_VERSION, flags: [...row.flags] }
}

function gone(row: StoredRow, kind: 'vanished' | 'pending_gone', flags: string[]): Decision {
  return { transactionId: row.transactionId, kind, rule: 'absent', ruleVersion: IDENTITY_VERSION, flags }
}
