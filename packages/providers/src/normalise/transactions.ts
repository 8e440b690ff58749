import { dayNumber } from '../identity/days.ts'
import { SeenTexts } from '../identity/key-places.ts'
import type { NormalisedRow, Section } from '../identity/row.ts'
import { formatAmount } from '../money.ts'
import { momentReader, type ReadMoment } from './day.ts'
import { type TransactionsEnvelope, transactionsOf } from './envelope.ts'
import { isRecord } from './fields.ts'
import type { RowList } from './long-lists.ts'
import { profileOf } from './profiles.ts'
import { draftOf, fingerprintOf, finished, type HeldReason, type Readable, type RowContext, readableOf } from './row.ts'

/** Raised with every change of these rules; the raw responses can be read again by a newer version. */
export const NORMALISER_VERSION = 2

export interface NormaliseContext {
  institutionId: string
  /** The bank's calendar day in the account's zone. */
  today: string
  /** IANA name of the account's zone. */
  timeZone: string
  /** The account's currency, for rows that name none. */
  currency: string
  ownerName?: string
  /** The day that was asked for; booked rows before it are dropped, since some banks ignore it. */
  dateFrom?: string
}

export interface HeldRow {
  index: number
  section: Section
  reason: HeldReason
  read: Readable
}

export interface Normalised {
  /** In the order of the response: booked, then pending. */
  rows: NormalisedRow[]
  held: HeldRow[]
  /** Booked rows before `dateFrom`. */
  outOfRange: number
  /** Rows that said again what another row of the response says: duplicates, and pending ones that are booked too. */
  duplicates: number
  lastUpdated?: string
  /** The bank's data is more than two days old (§8.7). */
  stale: boolean
  version: number
}

/** The bank's data is stale where it is older (§8.7). */
export const STALE_AFTER_DAYS = 2

/**
 * A parsed body of `/accounts/{id}/transactions/` as neutral rows (gocardless.md §8). A row that cannot be read is held with
 * its reason and does not sink the others. Throws UnreadablePayload for a body without a list of booked transactions.
 */
export function normaliseTransactions(body: unknown, context: NormaliseContext): Normalised {
  return normaliseRows(transactionsOf(body), context)
}

/** As `normaliseTransactions`, of neutral rows: those of a statement file. */
export function normaliseRows(
  { booked, pending, lastUpdated }: TransactionsEnvelope,
  context: NormaliseContext,
): Normalised {
  const read = momentReader(context.timeZone)
  const updatedDay = read(lastUpdated)?.day
  const rowContext = rowContextOf(context, read, updatedDay)
  const held: HeldRow[] = []
  const draft = (rows: RowList, section: Section, offset: number) => {
    const drafts: NormalisedRow[] = []
    let index = offset - 1
    for (const row of rows) {
      index++
      const made = draftOf(row, index, section, rowContext)
      if (typeof made !== 'string') drafts.push(made)
      else held.push({ index, section, reason: made, read: readableOf(row, section, rowContext) })
    }
    return drafts
  }

  const all = draft(booked, 'booked', 0)
  // Pending rows are a replaced set, whatever window was asked for: an old hold is still a hold.
  const { dateFrom } = context
  const inRange = dateFrom === undefined ? all : all.filter((row) => row.date >= dateFrom)
  const bookedRows = withoutTwins(withoutRepeats(inRange), rowContext.midnights)
  const pendingDrafts = rowContext.profile.skipPending ? [] : draft(pending, 'pending', booked.length)
  const pendingRows = withoutBooked(withoutRepeats(pendingDrafts), bookedRows)

  return {
    rows: bookedRows.concat(pendingRows).map(finished),
    held,
    outOfRange: all.length - inRange.length,
    duplicates: inRange.length - bookedRows.length + pendingDrafts.length - pendingRows.length,
    ...(lastUpdated === undefined ? {} : { lastUpdated }),
    stale: updatedDay !== undefined && dayNumber(context.today) - dayNumber(updatedDay) > STALE_AFTER_DAYS,
    version: NORMALISER_VERSION,
  }
}

/** What the user puts in place of what could not be read. */
export interface Correction {
  date?: string
  money?: { amountMinor: bigint; currency: string }
}

/**
 * One neutral row, with the user's correction where it says something; all else as the rules read it. Or why it can still
 * not be read.
 */
export function correctedRow(
  row: unknown,
  { index, section }: { index: number; section: Section },
  { date, money }: Correction,
  context: NormaliseContext,
): NormalisedRow | HeldReason {
  const said = {
    ...(isRecord(row) ? row : {}),
    ...(date === undefined ? {} : { bookingDate: date }),
    ...(money === undefined ? {} : { transactionAmount: statedAs(money) }),
  }
  const draft = draftOf(said, index, section, rowContextOf(context, momentReader(context.timeZone)))
  if (typeof draft === 'string') return draft
  // The user's word is final: no profile turns its sign or looks for another day.
  Object.assign(draft, date === undefined ? {} : { date }, money)
  if (date !== undefined || money !== undefined) draft.flags = [...draft.flags, 'corrected']
  return finished(draft)
}

const statedAs = ({ amountMinor, currency }: NonNullable<Correction['money']>) => ({
  amount: formatAmount(amountMinor, currency),
  currency,
})

function rowContextOf(context: NormaliseContext, read: ReadMoment, updatedDay?: string): RowContext {
  return {
    profile: profileOf(context.institutionId),
    read,
    today: context.today,
    currency: context.currency,
    ...(context.ownerName === undefined ? {} : { ownerName: context.ownerName }),
    undatedDay: updatedDay !== undefined && updatedDay < context.today ? updatedDay : context.today,
    midnights: new Set(),
  }
}

const saysTheSame = (a: NormalisedRow, b: NormalisedRow) =>
  a.date === b.date && a.amountMinor === b.amountMinor && a.currency === b.currency

/**
 * An id of the bank that stands on different payments of one list is none (§8.5). Returns those that stand, rightly, on more
 * than one row.
 */
function trustIds(rows: readonly NormalisedRow[]): ReadonlySet<string> {
  if (isOnOneRowEach(rows, (row) => row.tid)) return NO_IDS
  const seen = new Map<string, NormalisedRow>()
  const reused = new Set<string>()
  const repeated = new Set<string>()
  for (const row of rows) {
    if (row.tid === undefined) continue
    const first = seen.get(row.tid)
    if (first === undefined) seen.set(row.tid, row)
    else (saysTheSame(first, row) ? repeated : reused).add(row.tid)
  }
  for (const tid of reused) repeated.delete(tid)
  if (reused.size > 0) for (const row of rows) if (row.tid !== undefined && reused.has(row.tid)) row.tid = undefined
  return repeated
}

const NO_IDS: ReadonlySet<string> = new Set()

/** As at nearly every bank: then there is nothing to compare. */
function isOnOneRowEach(rows: readonly NormalisedRow[], idOf: (row: NormalisedRow) => string | undefined): boolean {
  const seen = new SeenTexts(rows.length)
  for (const row of rows) {
    const id = idOf(row)
    if (id !== undefined && !seen.isNew(id)) return false
  }
  return true
}

/** §8.5 (b): the same id of either kind and the same date, amount and currency is one row, delivered twice. */
function withoutRepeats(rows: readonly NormalisedRow[]): readonly NormalisedRow[] {
  const repeatedTids = trustIds(rows)
  if (repeatedTids.size === 0 && isOnOneRowEach(rows, (row) => row.iid)) return rows
  const tids = new Set<string>()
  const iids = new Map<string, NormalisedRow>()
  const reused = new Set<string>()
  return rows.filter((row) => {
    let repeated = false
    if (row.tid !== undefined && repeatedTids.has(row.tid)) {
      repeated = tids.has(row.tid)
      tids.add(row.tid)
    }
    if (row.iid === undefined) return !repeated
    const first = iids.get(row.iid)
    if (first === undefined) iids.set(row.iid, row)
    else if (saysTheSame(first, row)) repeated = true
    else {
      const key = `${row.iid} ${row.date} ${row.amountMinor} ${row.currency}`
      repeated ||= reused.has(key)
      reused.add(key)
    }
    return !repeated
  })
}

/** §8.5 (c): of two look-alikes without a bank id, one at a time of day and one at midnight UTC, the midnight one goes. */
function withoutTwins(rows: readonly NormalisedRow[], midnights: ReadonlySet<NormalisedRow>): readonly NormalisedRow[] {
  const days = new Set<string>()
  for (const row of midnights) if (row.tid === undefined) days.add(row.date)
  if (days.size === 0) return rows
  const timed = new Map<string, number>()
  for (const row of rows) {
    if (row.tid !== undefined || row.dateTime === undefined || !days.has(row.date)) continue
    row.fp = fingerprintOf(row)
    timed.set(row.fp, (timed.get(row.fp) ?? 0) + 1)
  }
  return rows.filter((row) => {
    if (row.tid !== undefined || !midnights.has(row)) return true
    row.fp = fingerprintOf(row)
    const twins = timed.get(row.fp) ?? 0
    timed.set(row.fp, twins - 1)
    return twins <= 0
  })
}

/** §8.6: booked wins over pending with the same id, or the same time of day and amount. Look-alikes stay. */
function withoutBooked(pending: readonly NormalisedRow[], booked: readonly NormalisedRow[]): readonly NormalisedRow[] {
  if (pending.length === 0) return pending
  const ids = new Set(booked.flatMap((row) => (row.tid === undefined ? [] : [row.tid])))
  const moment = (row: NormalisedRow) => `${row.dateTime} ${row.amountMinor} ${row.currency}`
  const moments = new Set(booked.flatMap((row) => (row.dateTime === undefined ? [] : [moment(row)])))
  return pending.filter(
    (row) => !(row.tid !== undefined && ids.has(row.tid)) && !(row.dateTime !== undefined && moments.has(moment(row))),
  )
}
