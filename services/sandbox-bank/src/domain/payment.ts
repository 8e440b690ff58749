import { type Day, textOfDay } from './days.ts'
import { decimalOf } from './money.ts'
import { hashWords, hexOf, type Words } from './random.ts'

/**
 * One real payment of one account, once, with all that the wire will ever say of it.
 * Amounts are pence, money out negative. A card payment is pending from `pendingFrom` until the day before
 * `postedDay`; everything else has no pending life. `bookingDay` is the day the bank prints, which may lie
 * before the day the row appears.
 */
export type Payment = {
  /** Place in the order of making: the source of its ids, never of its place on the wire. */
  index: number
  amountMinor: number
  pendingFrom: Day | null
  postedDay: Day
  /** The day from which a pending payment that is never booked is not shown any more. */
  releasedDay?: Day
  bookingDay: Day
  valueDay: Day
  text: string | null
  counterparty: string | null
  code: string
  mcc: string | null
  /** Second of the UTC day; between 01:00 and 06:00 so that the day is the same in London all year round. */
  bookedAtSecond: number | null
  /** `reissued`: booked under another transactionId than pending. `none`: the bank gives no id at all. */
  ids: 'same' | 'reissued' | 'none'
}

export type AccountKind = 'CACC' | 'SVGS' | 'CARD'

/** One account at the bank; `payments(until)` gives at least all that happens up to that day. */
export type BankAccount = {
  /** Stable name inside the world; provider account ids are made from it. */
  key: string
  institutionId: string
  kind: AccountKind
  currency: string
  name: string
  product: string
  ownerName: string
  iban: string | null
  bban: string | null
  maskedPan: string | null
  openingMinor: number
  creditLimitMinor: number | null
  payments(until: Day): readonly Payment[]
}

/** What the bank shows of an account on a day; both lists newest first. */
export type AccountView = {
  booked: Payment[]
  pending: Payment[]
  bookedMinor: number
  /** Money that can be spent: pending taken off, a card's limit added. */
  availableMinor: number
}

export function viewOf(account: BankAccount, today: Day): AccountView {
  const booked: Payment[] = []
  const pending: Payment[] = []
  let bookedMinor = account.openingMinor
  let pendingMinor = 0
  for (const payment of account.payments(today)) {
    if (payment.releasedDay !== undefined && payment.releasedDay <= today) continue
    if (payment.postedDay <= today) {
      booked.push(payment)
      bookedMinor += payment.amountMinor
    } else if (payment.pendingFrom !== null && payment.pendingFrom <= today) {
      pending.push(payment)
      pendingMinor += payment.amountMinor
    }
  }
  booked.sort((a, b) => b.bookingDay - a.bookingDay || b.index - a.index)
  pending.sort((a, b) => b.valueDay - a.valueDay || b.index - a.index)
  return { booked, pending, bookedMinor, availableMinor: bookedMinor + pendingMinor + (account.creditLimitMinor ?? 0) }
}

/** A row of the wire (gocardless.md §4); keys that the bank does not give are absent. */
export type WireRow = {
  transactionId?: string
  internalTransactionId?: string
  bookingDate: string
  valueDate: string
  bookingDateTime?: string
  transactionAmount: { amount: string; currency: string }
  creditorName?: string
  debtorName?: string
  remittanceInformationUnstructured?: string
  proprietaryBankTransactionCode?: string
  merchantCategoryCode?: string
}

/** The three id spaces of an account. */
export type RowIds = { first: Words; second: Words; internal: Words }

export function rowIdsOf(worldSeed: string, accountKey: string): RowIds {
  return {
    first: hashWords(`${worldSeed}/${accountKey}/transaction`),
    second: hashWords(`${worldSeed}/${accountKey}/reissued`),
    internal: hashWords(`${worldSeed}/${accountKey}/internal`),
  }
}

export function bookedRow(payment: Payment, currency: string, ids: RowIds): WireRow {
  const row = baseRow(payment, currency, payment.bookingDay)
  if (payment.bookedAtSecond !== null) row.bookingDateTime = instantText(payment.bookingDay, payment.bookedAtSecond)
  if (payment.ids === 'none') return row
  row.transactionId = transactionId(payment.ids === 'reissued' ? ids.second : ids.first, payment)
  row.internalTransactionId = hexOf(ids.internal, payment.index)
  return row
}

/** Pending rows carry no internal id (gocardless.md §4) and the day of the purchase. */
export function pendingRow(payment: Payment, currency: string, ids: RowIds): WireRow {
  const row = baseRow(payment, currency, payment.pendingFrom ?? payment.valueDay)
  if (payment.ids !== 'none') row.transactionId = transactionId(ids.first, payment)
  return row
}

/** The words of a payment as the wire shows them: its text, else the other side. */
export function descriptionOf(payment: Payment): string {
  return payment.text ?? payment.counterparty ?? ''
}

function baseRow(payment: Payment, currency: string, bookingDay: Day): WireRow {
  const row: WireRow = {
    bookingDate: textOfDay(bookingDay),
    valueDate: textOfDay(payment.valueDay),
    transactionAmount: { amount: decimalOf(payment.amountMinor), currency },
  }
  if (payment.counterparty !== null) {
    if (payment.amountMinor < 0) row.creditorName = payment.counterparty
    else row.debtorName = payment.counterparty
  }
  if (payment.text !== null) row.remittanceInformationUnstructured = payment.text
  row.proprietaryBankTransactionCode = payment.code
  if (payment.mcc !== null) row.merchantCategoryCode = payment.mcc
  return row
}

function transactionId(words: Words, payment: Payment): string {
  return hexOf(words, payment.index).slice(0, 24)
}

function instantText(day: Day, second: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${textOfDay(day)}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}Z`
}
