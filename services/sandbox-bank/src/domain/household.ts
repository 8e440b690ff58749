import { type Day, firstOfMonth } from './days.ts'
import { type Book, OPENING, writeBook } from './household-book.ts'
import { OWNERS } from './household-life.ts'
import { britishIban } from './iban.ts'
import { SANDBOX_INSTITUTION } from './institutions.ts'
import type { BankAccount } from './payment.ts'

const CARD_LIMIT_MINOR = 600_000

/**
 * Two people, a current account, savings and a card. The history starts 730 days before the end of `asOf` and goes on
 * for ever: each month is made from the seed and its own name, so a longer look never changes a shorter one.
 */
export function householdAccounts(seed: string, asOf: Day): BankAccount[] {
  let made: { until: Day; book: Book } | null = null
  const book = (until: Day) => {
    if (!made || made.until < until) {
      const horizon = firstOfMonth(Math.max(until, asOf), 13) - 1
      made = { until: horizon, book: writeBook(seed, asOf, horizon) }
    }
    return made.book
  }
  const shared = { institutionId: SANDBOX_INSTITUTION, currency: 'GBP' }
  const numbered = (number: string) => ({ iban: britishIban('SFIN', '040004', number), bban: `040004${number}` })
  return [
    {
      ...shared,
      ...numbered('31926819'),
      key: 'current',
      kind: 'CACC',
      name: 'Joint current account',
      product: 'Everyday',
      ownerName: OWNERS.joint,
      maskedPan: null,
      openingMinor: OPENING.current,
      creditLimitMinor: null,
      payments: (until) => book(until).current,
    },
    {
      ...shared,
      ...numbered('58204471'),
      key: 'savings',
      kind: 'SVGS',
      name: 'Rainy day savings',
      product: 'Instant saver',
      ownerName: OWNERS.joint,
      maskedPan: null,
      openingMinor: OPENING.savings,
      creditLimitMinor: null,
      payments: (until) => book(until).savings,
    },
    {
      ...shared,
      key: 'card',
      kind: 'CARD',
      name: 'Credit card',
      product: 'Platinum',
      ownerName: OWNERS.card,
      iban: null,
      bban: null,
      maskedPan: '535522XXXXXX4417',
      openingMinor: OPENING.card,
      creditLimitMinor: CARD_LIMIT_MINOR,
      payments: (until) => book(until).card,
    },
  ]
}
