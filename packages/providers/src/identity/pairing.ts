import { dayNumber, dayOf } from './days.ts'
import type { NormalisedRow, StoredRow } from './row.ts'

export interface Pass {
  stored: readonly StoredRow[]
  incoming: readonly NormalisedRow[]
  /** Only rows of equal keys can be a pair; undefined: this pass is not for this row. */
  storedKey(row: StoredRow): string | undefined
  incomingKey(row: NormalisedRow): string | undefined
  /** Only rows of equal amount and currency can be a pair. */
  sameMoney?: boolean
  /** How far apart in days a pair may be. */
  maxDays: number
  /** 0 refuses a pair; among equally near ones the highest wins. */
  accept?(stored: StoredRow, incoming: NormalisedRow): number
}

/**
 * With `accept`, so many unused rows of one key and day are looked at for one incoming row: it bounds the cost where a bank
 * changes the texts of very many equal payments at once. Beyond it a row stays apart, which loses nothing.
 */
export const MAX_CANDIDATES = 32

export interface Paired {
  pairs: Map<NormalisedRow, StoredRow>
  /** What is left. */
  stored: readonly StoredRow[]
  incoming: readonly NormalisedRow[]
}

export const moneyOf = (row: { amountMinor: bigint; currency: string }) => `${row.amountMinor} ${row.currency}`

/**
 * Pairs incoming rows with stored ones, each used at most once, nearest day first, then in the order given. Returns the
 * pairs and what is left of both. Costs a few map look-ups per row and day of distance, never rows × rows; a key that
 * stands on one row of either side, as nearly every id does, costs two.
 */
export function pairNearest(pass: Pass): Paired {
  const { stored, incoming } = pass
  const pairs = new Map<NormalisedRow, StoredRow>()
  if (stored.length === 0 || incoming.length === 0) return { pairs, stored, incoming }
  const keyed = new Map<string, Keyed>()
  for (const row of incoming) {
    const key = pass.incomingKey(row)
    if (key === undefined) continue
    const known = keyed.get(key)
    if (known === undefined) keyed.set(key, { incoming: row, stored: undefined, several: false })
    else known.several = true
  }
  let several = false
  for (const row of stored) {
    const key = pass.storedKey(row)
    const known = key === undefined ? undefined : keyed.get(key)
    if (known === undefined) continue
    if (known.stored !== undefined) known.several = true
    else known.stored = row
    several ||= known.several
  }
  const used = new Set<StoredRow>()
  for (const one of keyed.values()) {
    if (one.several || one.stored === undefined || !fits(one.stored, one.incoming, pass)) continue
    pairs.set(one.incoming, one.stored)
    used.add(one.stored)
  }
  if (several) pairSeveral(pass, (key) => keyed.get(key)?.several === true, { pairs, used })
  if (pairs.size === 0) return { pairs, stored, incoming }
  return {
    pairs,
    stored: stored.filter((row) => !used.has(row)),
    incoming: incoming.filter((row) => !pairs.has(row)),
  }
}

/** The first rows of a key, and whether there are more. */
interface Keyed {
  incoming: NormalisedRow
  stored: StoredRow | undefined
  several: boolean
}

function fits(stored: StoredRow, incoming: NormalisedRow, { sameMoney, maxDays, accept }: Pass): boolean {
  if (sameMoney && (stored.amountMinor !== incoming.amountMinor || stored.currency !== incoming.currency)) return false
  const near = stored.date === incoming.date || Math.abs(dayNumber(stored.date) - dayNumber(incoming.date)) <= maxDays
  return near && (accept === undefined || accept(stored, incoming) > 0)
}

/** Keys that stand on several rows: the nearest of all days first. */
function pairSeveral(
  pass: Pass,
  isWanted: (key: string) => boolean,
  { pairs, used }: { pairs: Map<NormalisedRow, StoredRow>; used: Set<StoredRow> },
): void {
  const full = (key: string | undefined, row: StoredRow | NormalisedRow) =>
    key === undefined || !isWanted(key) ? undefined : pass.sameMoney ? `${key} ${moneyOf(row)}` : key
  const groups = new Map<string, Bucket>()
  for (const row of pass.stored) {
    const key = full(pass.storedKey(row), row)
    if (key === undefined) continue
    const at = `${row.date} ${key}`
    const bucket = groups.get(at)
    if (bucket === undefined) groups.set(at, { rows: [row], next: 0 })
    else bucket.rows.push(row)
  }
  let open = pass.incoming.flatMap((row) => {
    const key = full(pass.incomingKey(row), row)
    return key === undefined ? [] : [{ row, key }]
  })
  for (let apart = 0; apart <= pass.maxDays && open.length > 0; apart++) {
    const days = daysApart(apart)
    open = open.filter(({ row, key }) => {
      let found: StoredRow | undefined
      for (const day of days(row.date)) found ??= bestOf(groups.get(`${day} ${key}`), used, row, pass.accept)
      if (found === undefined) return true
      used.add(found)
      pairs.set(row, found)
      return false
    })
  }
}

interface Bucket {
  rows: StoredRow[]
  /** Everything before it is used. */
  next: number
}

/** The days so far before and after a day. Rows share few days, so each is reckoned once. */
function daysApart(apart: number): (day: string) => readonly string[] {
  if (apart === 0) return (day) => [day]
  const known = new Map<string, readonly string[]>()
  return (day) => {
    let days = known.get(day)
    if (days === undefined) {
      days = [dayOf(dayNumber(day) - apart), dayOf(dayNumber(day) + apart)]
      known.set(day, days)
    }
    return days
  }
}

function bestOf(
  bucket: Bucket | undefined,
  used: Set<StoredRow>,
  incoming: NormalisedRow,
  accept: Pass['accept'],
): StoredRow | undefined {
  if (bucket === undefined) return undefined
  const { rows } = bucket
  while (bucket.next < rows.length && used.has(rows[bucket.next]!)) bucket.next++
  if (accept === undefined) return rows[bucket.next]
  let best: StoredRow | undefined
  let bestScore = 0
  let looked = 0
  for (let i = bucket.next; i < rows.length && looked < MAX_CANDIDATES && bestScore < 1; i++) {
    const row = rows[i]!
    if (used.has(row)) continue
    looked++
    const score = accept(row, incoming)
    if (score > bestScore) {
      best = row
      bestScore = score
    }
  }
  return best
}
