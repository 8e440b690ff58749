import { dayNumber, dayOf } from './days.ts'
import { pairNearest } from './pairing.ts'
import type { NormalisedRow, StoredRow } from './row.ts'
import { textComparison } from './text.ts'

/** Two sources may date one payment so many days apart. */
export const MAX_DAYS_ACROSS = 3

/** Days, both ends included. */
export interface Days {
  readonly from: string
  readonly to: string
}

export interface AcrossSources {
  /** Rows that say a payment again which another source told first. */
  linked: Map<NormalisedRow, StoredRow>
  /** Booked rows that the other source, which covers their day, does not know of. */
  differ: Set<NormalisedRow>
  /** Told by nobody else. */
  fresh: NormalisedRow[]
}

/**
 * Compares rows of one source that are new to it with payments that other sources of the account told and this one has not
 * (gocardless.md §8.5, end): multisets of amount and currency within three days. Similar texts pair first, nearest day
 * first; then, in days that both cover, whatever texts there are, since a file and an API word one payment differently:
 * both tell every payment of such a day, so that what one tells the other has, too. Each payment is used once: equal
 * payments are counted, never merged. A surplus is `differ` where both cover its day and the three days around it (near the
 * end of what the other has told it may still be to come), else `fresh`. Pending rows never differ: not every source has them.
 */
export function matchAcrossSources(
  incoming: readonly NormalisedRow[],
  others: readonly StoredRow[],
  covered: { ours: readonly Days[]; theirs: readonly Days[] },
): AcrossSources {
  const money = (row: { amountMinor: bigint; currency: string }) => `${row.amountMinor} ${row.currency}`
  const by = { storedKey: money, incomingKey: money, maxDays: MAX_DAYS_ACROSS }
  const alike = pairNearest({ stored: others, incoming, ...by, accept: textComparison() })
  const counted = pairNearest({
    ...alike,
    ...by,
    storedKey: (row) => (within(covered.ours, row.date, 0) ? money(row) : undefined),
    incomingKey: (row) => (within(covered.theirs, row.date, 0) ? money(row) : undefined),
  })
  const differs = (row: NormalisedRow) =>
    row.section === 'booked' && within(covered.ours, row.date, 0) && within(covered.theirs, row.date, MAX_DAYS_ACROSS)
  return {
    linked: new Map([...alike.pairs, ...counted.pairs]),
    differ: new Set(counted.incoming.filter(differs)),
    fresh: counted.incoming.filter((row) => !differs(row)),
  }
}

/** Whether a day and `margin` days on both sides of it lie in one of the stretches. */
function within(stretches: readonly Days[], day: string, margin: number): boolean {
  if (margin === 0) return stretches.some(({ from, to }) => from <= day && day <= to)
  const number = dayNumber(day)
  const [first, last] = [dayOf(number - margin), dayOf(number + margin)]
  return stretches.some(({ from, to }) => from <= first && last <= to)
}

/** The same days with fewer stretches, in order: touching and overlapping ones become one. */
export function joinedDays(stretches: readonly Days[]): Days[] {
  const joined: { from: string; to: string }[] = []
  for (const { from, to } of [...stretches].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = joined.at(-1)
    if (last !== undefined && from <= dayOf(dayNumber(last.to) + 1)) {
      if (to > last.to) last.to = to
    } else joined.push({ from, to })
  }
  return joined
}
