import { civilOf, type Day, dayOfCivil, firstOfMonth, nextBusinessDay, previousBusinessDay, textOfDay } from './days.ts'
import {
  BILLS,
  COFFEE,
  CORNER_SHOPS,
  FRIENDS,
  GROCERS,
  HOLIDAY,
  HOLIDAY_MONTHS,
  ONLINE,
  OWNERS,
  SALARIES,
  SAVINGS_TRANSFER_MINOR,
  type Shop,
  SUBSCRIPTIONS,
  TABLES,
  TRAVEL,
} from './household-life.ts'
import { HISTORY_DAYS } from './institutions.ts'
import type { Payment } from './payment.ts'
import { type Rng, rngOf } from './random.ts'

type Draft = Omit<Payment, 'index'>
type Plain = Pick<Draft, 'amountMinor' | 'text' | 'counterparty' | 'code'> & { mcc?: string | null }

/** Balances in pence before the first row. */
export const OPENING = { current: 362_418, savings: 514_000, card: -41_233 }

/** Places, counted in months of the history, of what happens rarely. */
const REFUND_MONTHS = { first: 4, every: 8 }
const TWIN_MONTHS = { first: 6, every: 12 }
const NAMELESS_MONTHS = { first: 10, every: 24 }

/** The payments of the three accounts, in the order of making. */
export type Book = { current: Payment[]; savings: Payment[]; card: Payment[] }
type Month = { rng: Rng; first: Day; length: number; year: number; month: number; index: number; growth: number }

/** All that happens from 730 days before the end of `asOf` to the end of the month of `until`. */
export function writeBook(seed: string, asOf: Day, until: Day): Book {
  const start = asOf - HISTORY_DAYS + 1
  const book: Book = { current: [], savings: [], card: [] }
  const write: Write = (account, draft) => {
    if ((draft.pendingFrom ?? draft.bookingDay) < start) return
    book[account].push({ ...draft, index: book[account].length })
  }
  writeOddities(write, asOf)
  const firstMonth = firstOfMonth(start)
  for (let index = 0; firstOfMonth(firstMonth, index) <= until; index++) {
    const first = firstOfMonth(firstMonth, index)
    const { year, month } = civilOf(first)
    const length = firstOfMonth(first, 1) - first
    const rng = rngOf(`${seed}/household/${textOfDay(first)}`)
    const now: Month = { rng, first, length, year, month, index, growth: 1.025 ** Math.floor(index / 12) }
    writeCurrent(write, now)
    writeCard(write, now)
    writeRare(write, now)
    writeSavings(write, now, book)
    writeRepayment(write, now, book)
  }
  return book
}

type Write = (account: keyof Book, draft: Draft) => void

/** What a first look must find: a card row that keeps its id, one that changes it, and a row that shows up late. */
function writeOddities(write: Write, asOf: Day): void {
  const bought = { code: 'POS', mcc: '5812' }
  const lanterns = card(asOf - 1, asOf + 1, {
    amountMinor: -1_845,
    text: TABLES[1]?.text ?? '',
    counterparty: null,
    ...bought,
  })
  write('card', { ...lanterns, bookingDay: asOf + 1 })
  const ferry = card(asOf, asOf + 2, {
    amountMinor: -3_260,
    text: TABLES[2]?.text ?? '',
    counterparty: null,
    ...bought,
  })
  write('card', { ...ferry, bookingDay: asOf + 2, ids: 'reissued' })
  const late = plain(asOf - 2, { amountMinor: -2_475, text: 'WESTHAVEN PARKING', counterparty: null, code: 'POS' })
  write('current', { ...late, postedDay: asOf + 3 })
}

function writeCurrent(write: Write, now: Month): void {
  const { rng } = now
  for (const bill of BILLS) {
    if (bill.skipMonths?.includes(now.month)) continue
    const amountMinor = -grown(bill.minor, now)
    const day = nextBusinessDay(dateIn(now, bill.date))
    write('current', plain(day, { amountMinor, text: bill.text, counterparty: bill.name, code: bill.code }))
  }
  for (const { text, name, minor, date } of SALARIES) {
    const day = previousBusinessDay(dateIn(now, date))
    const at = rng.int(3_600, 21_500)
    const pay = plain(day, {
      amountMinor: grown(minor, now),
      text: `${text} ${now.month}`,
      counterparty: name,
      code: 'BGC',
    })
    write('current', { ...pay, bookedAtSecond: at })
  }
  for (let n = 0; n < 7; n++) write('current', purchase(now, rng.pick(GROCERS)))
  for (let n = 0; n < 5; n++) write('current', purchase(now, rng.pick(CORNER_SHOPS)))
  const cash = plain(someDay(now), {
    amountMinor: -rng.pick([2_000, 3_000, 4_000]),
    text: 'CASH QUAY ST ATM',
    counterparty: null,
    code: 'ATM',
  })
  write('current', { ...cash, mcc: '6011' })
  const friend = plain(someDay(now), {
    amountMinor: rng.int(800, 3_900),
    text: null,
    counterparty: rng.pick(FRIENDS),
    code: 'FPI',
  })
  write('current', friend)
}

function writeCard(write: Write, now: Month): void {
  const { rng } = now
  for (let n = 0; n < 8; n++) write('card', purchase(now, rng.pick(TABLES)))
  for (let n = 0; n < 5; n++) write('card', purchase(now, COFFEE))
  for (let n = 0; n < 7; n++) write('card', purchase(now, rng.pick(TRAVEL)))
  for (let n = 0; n < 4; n++) write('card', purchase(now, rng.pick(GROCERS)))
  for (const plan of SUBSCRIPTIONS) {
    const price = plan.prices.findLast(({ fromMonth }) => fromMonth <= now.index)
    if (!price) continue
    const day = dateIn(now, plan.date)
    const charge = { amountMinor: -price.minor, text: plan.text, counterparty: plan.name, code: 'CRD', mcc: plan.mcc }
    write('card', { ...card(day, day + 1, charge), bookingDay: day + 1 })
  }
  if (HOLIDAY_MONTHS.includes(now.month)) write('card', purchase(now, HOLIDAY))
}

/** Online shopping and its refunds, two equal purchases on one day, a row without any id. */
function writeRare(write: Write, now: Month): void {
  const { rng } = now
  const bought = [
    purchase(now, rng.pick(ONLINE), 1, 10),
    purchase(now, rng.pick(ONLINE)),
    purchase(now, rng.pick(ONLINE)),
  ]
  for (const draft of bought) write('card', draft)
  if (falls(REFUND_MONTHS, now) && bought[0]) {
    const back = bought[0]
    const day = nextBusinessDay(back.postedDay + rng.int(4, 7))
    const refund = {
      amountMinor: -back.amountMinor,
      text: `REFUND ${back.text}`,
      counterparty: back.counterparty,
      code: 'REF',
    }
    write('card', { ...plain(day, refund), mcc: back.mcc })
  }
  if (falls(TWIN_MONTHS, now)) {
    const day = dateIn(now, 13)
    const flat = { amountMinor: -360, text: COFFEE.text, counterparty: COFFEE.name, code: 'POS', mcc: COFFEE.mcc }
    for (let n = 0; n < 2; n++) write('card', { ...card(day, day + 1, flat), bookingDay: day + 1 })
  }
  if (falls(NAMELESS_MONTHS, now)) {
    const stall = { amountMinor: -rng.int(400, 1_900), text: 'MARKET STALL 14', counterparty: null, code: 'POS' }
    write('current', { ...plain(dateIn(now, 18), stall), ids: 'none' })
  }
}

/** Both legs on the same day, and the month's interest, floored to the penny, on its last day. */
function writeSavings(write: Write, now: Month, book: Book): void {
  const day = dateIn(now, 2)
  const text = 'TO RAINY DAY SAVINGS'
  write('current', plain(day, { amountMinor: -SAVINGS_TRANSFER_MINOR, text, counterparty: OWNERS.joint, code: 'FPO' }))
  const received = {
    amountMinor: SAVINGS_TRANSFER_MINOR,
    text: 'FROM JOINT CURRENT',
    counterparty: OWNERS.joint,
    code: 'FPI',
  }
  write('savings', plain(day, received))
  const last = now.first + now.length - 1
  const held = OPENING.savings + sum(book.savings)
  const interest = {
    amountMinor: Math.floor((held * 31) / 12_000),
    text: 'INTEREST PAID GROSS',
    counterparty: null,
    code: 'INT',
  }
  write('savings', plain(last, interest))
}

/** The card's statement of the 5th is paid in full by direct debit on the 19th; the card shows it a day later. */
function writeRepayment(write: Write, now: Month, book: Book): void {
  const statement = dateIn(now, 5)
  const owed = -(OPENING.card + sum(book.card.filter(({ postedDay }) => postedDay <= statement)))
  if (owed <= 0) return
  const day = nextBusinessDay(dateIn(now, 19))
  const debit = { amountMinor: -owed, text: 'SANDBOX CREDIT CARD', counterparty: 'SANDBOX FINANCE CARDS', code: 'DD' }
  write('current', plain(day, debit))
  write(
    'card',
    plain(day + 1, { amountMinor: owed, text: 'PAYMENT RECEIVED - THANK YOU', counterparty: null, code: 'PMT' }),
  )
}

/** A card payment: pending on the day, booked one to three days later, at times under its old day or a new id. */
function purchase(now: Month, shop: Shop, fromDate = 1, toDate = now.length): Draft {
  const { rng } = now
  const day = dateIn(now, rng.int(fromDate, toDate))
  const posted = day + rng.int(1, 3)
  const amountMinor = -grown(rng.int(shop.min, shop.max), now)
  const draft = card(day, posted, { amountMinor, text: shop.text, counterparty: shop.name, code: 'POS', mcc: shop.mcc })
  const keepsDay = rng.chance(0.2)
  const bookedAtSecond = rng.chance(0.4) ? rng.int(3_600, 21_500) : null
  return { ...draft, bookedAtSecond, bookingDay: keepsDay ? day : posted, ids: rng.chance(0.15) ? 'reissued' : 'same' }
}

function card(day: Day, postedDay: Day, what: Plain): Draft {
  return { ...plain(day, what), pendingFrom: day, postedDay }
}

function plain(day: Day, { mcc = null, ...what }: Plain): Draft {
  return {
    ...what,
    mcc,
    pendingFrom: null,
    postedDay: day,
    bookingDay: day,
    valueDay: day,
    bookedAtSecond: null,
    ids: 'same',
  }
}

function falls({ first, every }: { first: number; every: number }, { index }: Month): boolean {
  return index >= first && (index - first) % every === 0
}

function dateIn(now: Month, date: number): Day {
  return dayOfCivil(now.year, now.month, Math.min(date, now.length))
}

function someDay(now: Month): Day {
  return dateIn(now, now.rng.int(1, now.length))
}

function grown(minor: number, now: Month): number {
  return Math.round(minor * now.growth)
}

function sum(payments: readonly Payment[]): number {
  return payments.reduce((total, { amountMinor }) => total + amountMinor, 0)
}
