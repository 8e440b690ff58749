import { type Day, textOfDay } from './days.ts'
import { britishIban } from './iban.ts'
import { SANDBOX_INSTITUTION } from './institutions.ts'
import type { BankAccount, Payment } from './payment.ts'
import { type Rng, rngOf } from './random.ts'

export type SmallSpec = { scenario: 'small'; seed: string; asOf: Day; accounts: number }

/** Days of history up to `asOf`. */
const HISTORY = 12

const SHOPS: readonly (readonly [text: string, name: string | null])[] = [
  ['TESCO STORES 3312', 'Tesco'],
  ['KETTLE & BEAN', 'Kettle & Bean'],
  ['TFL TRAVEL CH', null],
  ['WESTGATE BAKERY', null],
  ['PENHALE PHARMACY', 'Penhale Pharmacy'],
]

const KINDS = ['CACC', 'CARD', 'SVGS'] as const

/**
 * One or a few accounts with hardly more than a payment a day, and of all that is odd about payments more than its share:
 * for simulations, where years have to pass in seconds. A day is made from the seed, the account and its own name, so a
 * longer look never changes a shorter one.
 */
export function smallAccounts(spec: SmallSpec): BankAccount[] {
  return Array.from({ length: spec.accounts }, (_, n) => {
    const kind = KINDS[n % KINDS.length] ?? 'CACC'
    const number = String(30_000_001 + n)
    const key = `small-${n + 1}`
    const payments: Payment[] = []
    let next = spec.asOf - HISTORY + 1
    return {
      key,
      institutionId: SANDBOX_INSTITUTION,
      kind,
      currency: 'GBP',
      name: `Small account ${n + 1}`,
      product: 'Everyday',
      ownerName: 'ROWAN PENHALE',
      iban: britishIban('SFIN', '040002', number),
      bban: `040002${number}`,
      maskedPan: null,
      openingMinor: 250_000,
      creditLimitMinor: null,
      payments(until) {
        for (; next <= until; next++) writeDay(payments, rngOf(`${spec.seed}/small/${key}/${textOfDay(next)}`), next)
        return payments
      },
    }
  })
}

/** None, one, two or three payments; now and then two that nobody could tell apart, and one that the bank tells late. */
function writeDay(book: Payment[], rng: Rng, day: Day): void {
  const count = [0, 1, 1, 1, 2, 3][rng.int(0, 5)] ?? 1
  for (let n = 0; n < count; n++) {
    const payment = draftOf(rng, day)
    const copies = rng.chance(0.08) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) book.push({ ...payment, index: book.length })
  }
}

function draftOf(rng: Rng, day: Day): Omit<Payment, 'index'> {
  const [text, counterparty] = rng.pick(SHOPS)
  const amountMinor = rng.chance(0.2) ? rng.int(1_000, 90_000) : -rng.int(120, 9_900)
  const plain = { amountMinor, text, counterparty, code: 'POS', mcc: null, bookedAtSecond: null }
  if (rng.chance(0.3)) {
    const posted = day + rng.int(1, 3)
    const ids = rng.chance(0.4) ? 'reissued' : 'same'
    const pending = { ...plain, pendingFrom: day, bookingDay: posted, valueDay: day, ids } as const
    // A hotel's deposit: it was reserved, and is given back.
    if (rng.chance(0.15)) return { ...pending, postedDay: Number.POSITIVE_INFINITY, releasedDay: posted }
    return { ...pending, postedDay: posted }
  }
  const postedDay = rng.chance(0.08) ? day + rng.int(1, 3) : day
  const ids = rng.chance(0.06) ? 'none' : 'same'
  return { ...plain, pendingFrom: null, postedDay, bookingDay: day, valueDay: day, ids }
}
