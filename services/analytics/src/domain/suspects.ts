import { changedRows } from './changed-rows.ts'
import type { Evidence, Gap, Suspect, Weighed } from './gap.ts'
import { amountSeen, expectedAgain, hasLeg } from './row-history.ts'
import { daysBetween, textKey } from './row-likeness.ts'

const mostSuspects = 5
/** As far apart as two tellings of one payment may be (gocardless.md §8.5). */
const doubledDays = 10

/** What may have gone wrong in a gap, the likeliest first; never empty. */
export function rankSuspects(gap: Gap, evidence: Evidence): Suspect[] {
  const weighed = [
    ...held(gap, evidence),
    ...unbooked(gap, evidence),
    ...doubled(gap, evidence),
    ...withdrawn(gap, evidence),
    ...changedRows(gap, evidence),
    ...cameLater(gap, evidence),
    missing(gap, evidence),
  ]
  return weighed
    .sort((a, b) => b.strength - a.strength)
    .slice(0, mostSuspects)
    .map(({ strength: _, ...suspect }) => suspect)
}

/** A row that waits for the user is the first to be suspected. */
function held({ differenceMinor }: Gap, { held }: Evidence): Weighed[] {
  return held.flatMap(({ id, amountMinor, inInterval }) => {
    const suspect = { kind: 'missing', amountMinor: differenceMinor, transactionIds: [], heldId: id } as const
    if (amountMinor === differenceMinor) return [{ ...suspect, because: 'held_row', strength: 100 }]
    // Its amount could not be read, and it came just then.
    if (amountMinor === null && inInterval) return [{ ...suspect, because: 'held_unreadable', strength: 60 }]
    return []
  })
}

/** Once pending, never booked: the balance says it was. */
function unbooked({ differenceMinor }: Gap, { unbooked }: Evidence): Weighed[] {
  return unbooked
    .filter(({ amountMinor }) => amountMinor === differenceMinor)
    .map(({ id, amountMinor, ended }) => ({
      kind: ended ? 'missing' : 'booked_late',
      amountMinor,
      transactionIds: [id],
      because: ended ? 'pending_not_booked' : 'still_pending',
      strength: ended ? 96 : 94,
    }))
}

/** Counted twice: a row of the interval and one that looks like it. */
function doubled({ differenceMinor }: Gap, { rows }: Evidence): Weighed[] {
  const alike = rows.filter(({ amountMinor }) => amountMinor === -differenceMinor)
  return alike
    .filter(({ inInterval }) => inInterval)
    .flatMap((row) =>
      alike
        .filter((other) => other !== row && daysBetween(row.date, other.date) <= doubledDays)
        // Of two rows of the interval each would be the other's double.
        .filter((other) => !other.inInterval || row.id > other.id)
        .map((other): Weighed => {
          const sameText = textKey(row.text) === textKey(other.text)
          const strength = (sameText ? 80 : 48) + doubledDays - daysBetween(row.date, other.date)
          const because = sameText ? 'same_text' : 'same_amount'
          const transactionIds = [row.id, other.id]
          return { kind: 'doubled', amountMinor: row.amountMinor, transactionIds, because, strength }
        }),
    )
}

/** In our books and not in the balance: the bank took it back, or has not counted it yet. */
function withdrawn({ differenceMinor, isLast }: Gap, { rows }: Evidence): Weighed[] {
  return rows
    .filter(({ amountMinor, inInterval, missing }) => amountMinor === -differenceMinor && (inInterval || missing))
    .map(({ id, amountMinor, missing }): Weighed => {
      const suspect = { amountMinor, transactionIds: [id] }
      if (missing) return { ...suspect, kind: 'withdrawn', because: 'no_longer_shown', strength: 79 }
      if (isLast) return { ...suspect, kind: 'booked_late', because: 'balance_behind', strength: 58 }
      return { ...suspect, kind: 'withdrawn', because: 'not_in_balance', strength: 38 }
    })
}

/** It came with a later answer, under a day that the balance may have known. */
function cameLater({ differenceMinor, toDate }: Gap, { rows }: Evidence): Weighed[] {
  return rows
    .filter(({ amountMinor, isLater, date }) => isLater && amountMinor === differenceMinor && date <= toDate)
    .map(({ id, amountMinor }) => ({
      kind: 'booked_late',
      amountMinor,
      transactionIds: [id],
      because: 'came_later',
      strength: 66,
    }))
}

function missing(gap: Gap, evidence: Evidence): Weighed {
  const { differenceMinor } = gap
  const { because, strength } = whyMissing(gap, evidence)
  return { kind: 'missing', amountMinor: differenceMinor, transactionIds: [], because, strength }
}

function whyMissing(gap: Gap, evidence: Evidence): { because: string; strength: number } {
  const { differenceMinor } = gap
  if (hasLeg(differenceMinor, gap, evidence)) return { because: 'other_leg', strength: 93 }
  const times = expectedAgain(gap, evidence)
  if (times > 0) return { because: 'expected_again', strength: times > 1 ? 88 : 72 }
  if (amountSeen(differenceMinor, evidence)) return { because: 'amount_seen', strength: 57 }
  const least = evidence.usualLeastMinor
  const tooSmall = least === null || magnitude(differenceMinor) < magnitude(least)
  return tooSmall ? { because: 'unexplained', strength: 24 } : { because: 'unexplained', strength: 42 }
}

const magnitude = (minor: bigint): bigint => (minor < 0n ? -minor : minor)
