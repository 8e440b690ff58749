import type { NormalisedRow, RowFlag, Section } from '../identity/row.ts'
import { hash64, squash } from '../identity/text.ts'
import { type AmountProblem, parseAmount } from '../money.ts'
import type { Moment, ReadMoment } from './day.ts'
import { firstText, isRecord, type RawRow, textOf } from './fields.ts'
import { type BankProfile, LAST_DATE_FIELD } from './profile.ts'
import { textsOf, type Wording, wordingOf } from './texts.ts'

export type HeldReason = AmountProblem | 'currency_invalid' | 'no_date' | 'row_unreadable' | 'sources_differ'

export interface RowContext {
  profile: BankProfile
  read: ReadMoment
  today: string
  currency: string
  ownerName?: string
  /** The day a pending row without any date gets. */
  undatedDay: string
}

/** Before a response's other rows are known: `tid` is cleaned but not trusted yet, hashes are missing. */
export interface Draft extends Omit<NormalisedRow, 'fp' | 'contentHash'> {
  /** Its date-time is exactly midnight UTC. */
  sentinel: boolean
}

/** One row by the rules of §8.2–8.4, or why it is held. */
export function draftOf(row: unknown, index: number, section: Section, context: RowContext): Draft | HeldReason {
  if (!isRecord(row)) return 'row_unreadable'
  const wording = wordingOf(row, context.profile)
  const money = chargedOf(row, wording, context)
  if (typeof money === 'string') return money
  const dated = dateOf(row, section, wording, context)
  if (dated === undefined) return 'no_date'
  const out = section === 'pending' && isUnsignedOut(row, wording, context.profile)
  const amountMinor = out
    ? -absolute(money.amountMinor)
    : context.profile.flipSign
      ? -money.amountMinor
      : money.amountMinor
  const booked = context.read(row['bookingDateTime'])
  const moment = booked ?? context.read(row['valueDateTime'])
  const valueDay = context.read(row['valueDate'])?.day ?? context.read(row['valueDateTime'])?.day
  const flags: RowFlag[] = [...dated.flags, ...money.flags]
  return {
    index,
    section,
    date: dated.day,
    ...present('valueDate', valueDay),
    ...present('dateTime', moment?.dateTime),
    amountMinor,
    currency: money.currency,
    ...textsOf(row, out ? withoutMark(wording, context.profile) : wording, amountMinor, context),
    ...present('tid', acceptedId(textOf(row, 'transactionId'), context.profile)),
    ...present('iid', textOf(row, 'internalTransactionId') || undefined),
    flags,
    ...present('bankCode', firstText(row, ['proprietaryBankTransactionCode', 'bankTransactionCode']) || undefined),
    ...present('mcc', mccOf(row)),
    ...present('original', money.original ?? originalOf(row['currencyExchange'], amountMinor, money.currency)),
    ...present('balanceAfter', balanceOf(row['balanceAfterTransaction'], money.currency)),
    sentinel: moment?.sentinel === true,
  }
}

/** What can be read of a row that is held, for the user who has to say what it is. */
export interface Readable {
  date?: string
  amountMinor?: bigint
  currency?: string
  description?: string
}

export function readableOf(row: unknown, section: Section, context: RowContext): Readable {
  if (!isRecord(row)) return {}
  const wording = wordingOf(row, context.profile)
  const money = chargedOf(row, wording, context)
  const known = typeof money === 'string' ? undefined : money
  const { description } = textsOf(row, wording, known?.amountMinor ?? 0n, context)
  return {
    ...present('date', dateOf(row, section, wording, context)?.day),
    ...present('amountMinor', known?.amountMinor),
    ...present('currency', known?.currency),
    ...present('description', description || undefined),
  }
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}

const MIN_ID_LENGTH = 6

function acceptedId(id: string, { trustIds }: BankProfile): string | undefined {
  if (id.length < MIN_ID_LENGTH || trustIds === false) return undefined
  return trustIds === true || trustIds.test(id) ? id : undefined
}

type Money = { amountMinor: bigint; currency: string; flags: RowFlag[]; original?: NormalisedRow['original'] }

const absolute = (amountMinor: bigint) => (amountMinor < 0n ? -amountMinor : amountMinor)

/** The amount that moved on the account: the row's own, or, at a bank that hides it there, the one in its text. */
function chargedOf(row: RawRow, wording: Wording, context: RowContext): Money | HeldReason {
  const stated = moneyOf(row['transactionAmount'], context)
  const billed = context.profile.billedAmount?.exec(wording.text)?.groups?.['amount']
  if (billed === undefined) return stated
  const parsed = parseAmount(billed, context.currency)
  if (!parsed.ok) return parsed.reason
  const foreign = typeof stated !== 'string' && stated.currency !== context.currency ? stated : undefined
  return {
    amountMinor: parsed.amountMinor,
    currency: context.currency,
    flags: [],
    ...(foreign === undefined
      ? {}
      : { original: { amountMinor: foreign.amountMinor, currency: foreign.currency, rate: null } }),
  }
}

function isUnsignedOut(row: RawRow, wording: Wording, { pendingIsOut }: BankProfile): boolean {
  return pendingIsOut?.test(wording.text) === true && textOf(row, 'transactionId') === ''
}

/** Booked, the same payment stands without the word that marks it as pending. */
function withoutMark(wording: Wording, { pendingIsOut }: BankProfile): Wording {
  if (pendingIsOut === undefined) return wording
  return {
    ...wording,
    text: wording.text.replace(pendingIsOut, ''),
    firstLine: wording.firstLine.replace(pendingIsOut, ''),
  }
}

function moneyOf(value: unknown, context: Pick<RowContext, 'currency'>): Money | HeldReason {
  if (!isRecord(value)) return 'amount_unparsable'
  const stated = textOf(value, 'currency').toUpperCase()
  const currency = stated === '' ? context.currency : stated
  if (!/^[A-Z]{3}$/.test(currency)) return 'currency_invalid'
  const parsed = amountOf(value['amount'], currency)
  if (!parsed.ok) return parsed.reason
  return { amountMinor: parsed.amountMinor, currency, flags: stated === '' ? ['currency_inferred'] : [] }
}

function amountOf(value: unknown, currency: string) {
  return parseAmount(typeof value === 'string' || typeof value === 'number' ? String(value) : '', currency)
}

function dateOf(
  row: RawRow,
  section: Section,
  wording: Wording,
  context: RowContext,
): { day: string; flags: RowFlag[] } | undefined {
  const { dateOrder, dayInText } = context.profile
  const stated = [...dateOrder, LAST_DATE_FIELD].map((field) => context.read(row[field]))
  const told = dayInText?.sections.includes(section) ? context.read(dayIn(wording, dayInText)) : undefined
  const candidates = (dayInText?.last ? [...stated, told] : [told, ...stated]).filter(
    (moment): moment is Moment => moment !== undefined,
  )
  const first = candidates[0]
  if (first === undefined)
    return section === 'booked' ? undefined : { day: context.undatedDay, flags: ['date_inferred'] }
  const past = candidates.find(({ day }) => day <= context.today)
  if (past !== undefined) return { day: past.day, flags: [] }
  return section === 'booked'
    ? { day: first.day, flags: ['future_dated'] }
    : { day: context.today, flags: ['date_inferred'] }
}

function dayIn(wording: Wording, { from, pattern }: NonNullable<BankProfile['dayInText']>): string | undefined {
  for (const text of wording.from(from)) {
    const found = pattern.exec(text)?.groups
    if (found) return `${found['y']}-${found['m']}-${found['d']}`
  }
  return undefined
}

function mccOf(row: RawRow): string | undefined {
  const code = firstText(row, ['merchantCategoryCode', 'merchant_category_code'])
  return /^\d{4}$/.test(code) ? code : undefined
}

/** An array in the schema, an object from several banks. Legs are not summed: the first that names an amount is told. */
function originalOf(value: unknown, amountMinor: bigint, currency: string): NormalisedRow['original'] {
  for (const leg of Array.isArray(value) ? value : [value]) {
    const instructed = isRecord(leg) ? moneyOf(leg['instructedAmount'], { currency: '' }) : undefined
    if (instructed === undefined || typeof instructed === 'string' || instructed.currency === currency) continue
    const magnitude = instructed.amountMinor < 0n ? -instructed.amountMinor : instructed.amountMinor
    const rate = isRecord(leg) ? textOf(leg, 'exchangeRate') : ''
    return { amountMinor: amountMinor < 0n ? -magnitude : magnitude, currency: instructed.currency, rate: rate || null }
  }
  return undefined
}

function balanceOf(value: unknown, currency: string): NormalisedRow['balanceAfter'] {
  const money = isRecord(value) ? moneyOf(value['balanceAmount'], { currency }) : undefined
  return money === undefined || typeof money === 'string'
    ? undefined
    : { amountMinor: money.amountMinor, currency: money.currency }
}

/** The row with its hashes, once the other rows of the response have shown whether its id can be trusted. */
export function finished({ sentinel: _, ...row }: Draft): NormalisedRow {
  return { ...row, fp: fingerprintOf(row), contentHash: contentHashOf(row) }
}

/** Date, amount and currency stand in clear, so that a clash of hashes could join only rows equal in all three. */
export function fingerprintOf(row: Omit<Draft, 'index' | 'section' | 'flags' | 'sentinel'>): string {
  const texts = hash64(`${squash(row.counterparty ?? '')}|${squash(row.description)}`)
  return `${row.date}|${row.amountMinor}|${row.currency}|${texts}`
}

function contentHashOf(row: Omit<NormalisedRow, 'fp' | 'contentHash'>): string {
  const { original: from, balanceAfter: after } = row
  return hash64(
    JSON.stringify([
      [row.section, row.date, row.valueDate, row.dateTime, `${row.amountMinor}`, row.currency],
      [row.description, row.counterparty, row.tid, row.iid, row.flags, row.bankCode, row.mcc],
      from && [`${from.amountMinor}`, from.currency, from.rate],
      after && [`${after.amountMinor}`, after.currency],
    ]),
  )
}
