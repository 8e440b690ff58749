import { dayNumber, dayOf } from './days.ts'
import type { NormalisedRow, StoredRow } from './row.ts'

export interface Pass {
  stored: readonly StoredRow[]
  incoming: readonly NormalisedRow[]
  /** Only rows of equal keys can be a pair; undefined: this pass is not for this row. */
  storedKey(row: StoredRow): string | undefined
  incomingKey(row: NormalisedRow): string | undefined
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

/**
 * Pairs incoming rows with stored ones, each used at most once, nearest day first, then in the order given. Returns the
 * pairs and what is left of both. Costs a few map look-ups per row and day of distance, never rows × rows.
 */
export function pairNearest(pass: Pass): {
  pairs: Map<NormalisedRow, StoredRow>
  stored: StoredRow[]
  incoming: NormalisedRow[]
} {
  const groups = new Map<string, Bucket>()
  const keys = new Set<string>()
  for (const row of pass.stored) {
    const key = pass.storedKey(row)
    if (key === undefined) continue
    keys.add(key)
    const at = `${row.date} ${key}`
    const bucket = groups.get(at)
    if (bucket === undefined) groups.set(at, { rows: [row], next: 0 })
    else bucket.rows.push(row)
  }
  const pairs = new Map<NormalisedRow, StoredRow>()
  const used = new Set<StoredRow>()
  if (groups.size > 0) {
    let open = withKnownKey(pass, keys)
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
  return {
    pairs,
    stored: pass.stored.filter((row) => !used.has(row)),
    incoming: pass.incoming.filter((row) => !pairs.has(row)),
  }
}

interface Bucket {
  rows: StoredRow[]
  /** Everything before it is used. */
  next: number
}

function withKnownKey(pass: Pass, keys: Set<string>): { row: NormalisedRow; key: string }[] {
  return pass.incoming.flatMap((row) => {
    const key = pass.incomingKey(row)
    return key === undefined || !keys.has(key) ? [] : [{ row, key }]
  })
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
