import { dayNumber } from '../identity/days.ts'
import type { NormalisedRow, Section } from '../identity/row.ts'
import { formatAmount } from '../money.ts'
import { momentReader } from './day.ts'
import { type TransactionsEnvelope, transactionsOf } from './envelope.ts'
import { isRecord } from './fields.ts'
import { profileOf } from './profiles.ts'
import {
  type Draft,
  draftOf,
  fingerprintOf,
  finished,
  type HeldReason,
  type Readable,
  type RowContext,
  readableOf,
} from './row.ts'

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

const STALE_AFTER_DAYS = 2

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
  const updatedDay = momentReader(context.timeZone)(lastUpdated)?.day
  const rowContext = rowContextOf(context, updatedDay)
  const held: HeldRow[] = []
  const draft = (rows: readonly unknown[], section: Section, offset: number) =>
    rows.flatMap((row, i) => {
      const made = draftOf(row, offset + i, section, rowContext)
      if (typeof made !== 'string') return [made]
      held.push({ index: offset + i, section, reason: made, read: readableOf(row, section, rowContext) })
      return []
    })

  const all = draft(booked, 'booked', 0)
  // Pending rows are a replaced set, whatever window was asked for: an old hold is still a hold.
  const inRange = all.filter((row) => context.dateFrom === undefined || row.date >= context.dateFrom)
  const bookedRows = withoutTwins(withoutRepeats(withTrustedIds(inRange)))
  const pendingDrafts = rowContext.profile.skipPending ? [] : draft(pending, 'pending', booked.length)
  const pendingRows = withoutBooked(withoutRepeats(withTrustedIds(pendingDrafts)), bookedRows)

  return {
    rows: [...bookedRows, ...pendingRows].map(finished),
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
  const draft = draftOf(said, index, section, rowContextOf(context))
  if (typeof draft === 'string') return draft
  // The user's word is final: no profile turns its sign or looks for another day.
  return finished({
    ...draft,
    ...(date === undefined ? {} : { date }),
    ...(money === undefined ? {} : money),
    flags: date === undefined && money === undefined ? draft.flags : [...draft.flags, 'corrected'],
  })
}

const statedAs = ({ amountMinor, currency }: NonNullable<Correction['money']>) => ({
  amount: formatAmount(amountMinor, currency),
  currency,
})

function rowContextOf(context: NormaliseContext, updatedDay?: string): RowContext {
  return {
    profile: profileOf(context.institutionId),
    read: momentReader(context.timeZone),
    today: context.today,
    currency: context.currency,
    ...(context.ownerName === undefined ? {} : { ownerName: context.ownerName }),
    undatedDay: updatedDay !== undefined && updatedDay < context.today ? updatedDay : context.today,
  }
}

const content = (row: Draft) => `${row.date} ${row.amountMinor} ${row.currency}`

/** An id that stands on different payments of one list is none (§8.5). */
function withTrustedIds(rows: Draft[]): Draft[] {
  const seen = new Map<string, string>()
  const reused = new Set<string>()
  for (const row of rows) {
    if (row.tid === undefined) continue
    const first = seen.get(row.tid)
    if (first === undefined) seen.set(row.tid, content(row))
    else if (first !== content(row)) reused.add(row.tid)
  }
  if (reused.size === 0) return rows
  return rows.map((row) => {
    if (row.tid === undefined || !reused.has(row.tid)) return row
    const { tid: _, ...rest } = row
    return rest
  })
}

/** §8.5 (b): the same id of either kind and the same date, amount and currency is one row, delivered twice. */
function withoutRepeats(rows: Draft[]): Draft[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const keys: string[] = []
    if (row.tid !== undefined) keys.push(`t ${content(row)} ${row.tid}`)
    if (row.iid !== undefined) keys.push(`i ${content(row)} ${row.iid}`)
    const repeated = keys.some((key) => seen.has(key))
    for (const key of keys) seen.add(key)
    return !repeated
  })
}

/** §8.5 (c): of two look-alikes without a bank id, one at a time of day and one at midnight UTC, the midnight one goes. */
function withoutTwins(rows: Draft[]): Draft[] {
  if (!rows.some((row) => row.sentinel)) return rows
  const timed = new Map<string, number>()
  for (const row of rows) {
    if (row.tid !== undefined || row.dateTime === undefined) continue
    const fp = fingerprintOf(row)
    timed.set(fp, (timed.get(fp) ?? 0) + 1)
  }
  return rows.filter((row) => {
    if (row.tid !== undefined || !row.sentinel) return true
    const fp = fingerprintOf(row)
    const twins = timed.get(fp) ?? 0
    timed.set(fp, twins - 1)
    return twins <= 0
  })
}

/** §8.6: booked wins over pending with the same id, or the same time of day and amount. Look-alikes stay. */
function withoutBooked(pending: Draft[], booked: Draft[]): Draft[] {
  const ids = new Set(booked.flatMap((row) => (row.tid === undefined ? [] : [row.tid])))
  const moment = (row: Draft) => `${row.dateTime} ${row.amountMinor} ${row.currency}`
  const moments = new Set(booked.flatMap((row) => (row.dateTime === undefined ? [] : [moment(row)])))
  return pending.filter(
    (row) => !(row.tid !== undefined && ids.has(row.tid)) && !(row.dateTime !== undefined && moments.has(moment(row))),
  )
}
