import { civilOf, type Day } from './days.ts'
import { britishIban } from './iban.ts'
import { SANDBOX_INSTITUTION } from './institutions.ts'
import type { BankAccount, Payment } from './payment.ts'
import { rngOf } from './random.ts'

export type BulkSpec = {
  scenario: 'bulk'
  seed: string
  asOf: Day
  accounts: number
  transactionsPerAccount: number
  days: number
}

const SHOPS: readonly (readonly [text: string, mcc: string])[] = [
  ['TESCO STORES 3312', '5411'],
  ['TFL TRAVEL CH', '4111'],
  ['BLUE LANTERN CAFE', '5814'],
  ['PENHALE PHARMACY', '5912'],
  ['NORTHBANK BOOKS', '5942'],
  ['ORCHARD LANE GREENGROCER', '5411'],
  ['CITY CYCLES', '5940'],
  ['HARBOUR FISH BAR', '5812'],
  ['MERIDIAN FUEL 118', '5541'],
  ['PAPER & STRING', '5943'],
]
const SALARY_MINOR = 412_050

/**
 * Many rows, evenly spread: exactly `transactionsPerAccount` of them on the `days` days that end at `asOf`, and on
 * at the same rate for as long as the clock is moved. Row i lies on day `floor(i × days / transactionsPerAccount)`.
 */
export function bulkAccounts(spec: BulkSpec): BankAccount[] {
  return Array.from({ length: spec.accounts }, (_, n) => {
    const number = String(20_000_001 + n)
    return {
      key: `bulk-${n + 1}`,
      institutionId: SANDBOX_INSTITUTION,
      kind: 'CACC',
      currency: 'GBP',
      name: `Bulk account ${n + 1}`,
      product: 'Everyday',
      ownerName: 'ROWAN PENHALE',
      iban: britishIban('SFIN', '040001', number),
      bban: `040001${number}`,
      maskedPan: null,
      openingMinor: 1_000_000,
      creditLimitMinor: null,
      payments: (until) => bulkPayments(spec, n, until),
    }
  })
}

function bulkPayments(spec: BulkSpec, account: number, until: Day): Payment[] {
  const start = spec.asOf - spec.days + 1
  const count = Math.max(0, Math.ceil(((until - start + 1) * spec.transactionsPerAccount) / spec.days))
  const rng = rngOf(`${spec.seed}/bulk/${account}`)
  const payments: Payment[] = new Array(count)
  let balance = 1_000_000
  for (let index = 0; index < count; index++) {
    const day = start + Math.floor((index * spec.days) / spec.transactionsPerAccount)
    const shop = rng.pick(SHOPS)
    const spend = -rng.int(99, 9_999)
    const salary = balance + spend < 0
    const amountMinor = salary ? SALARY_MINOR : spend
    balance += amountMinor
    payments[index] = {
      index,
      amountMinor,
      pendingFrom: null,
      postedDay: day,
      bookingDay: day,
      valueDay: day,
      text: salary ? `SALARY ${civilOf(day).month}/${civilOf(day).year}` : shop[0],
      counterparty: salary ? 'FENWICK & ROWE LTD' : null,
      code: salary ? 'BGC' : 'POS',
      mcc: salary ? null : shop[1],
      bookedAtSecond: null,
      ids: 'same',
    }
  }
  return payments
}
