import type { NormalisedRow, RowFlag, Section } from '../identity/row.ts'
import { Hash64 } from '../identity/text.ts'
import { type AmountProblem, parseAmount } from '../money.ts'
import type { Moment, ReadMoment } from './day.ts'
import { asText, isRecord, type RawRow } from './fields.ts'
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
  /** Rows whose date-time is exactly midnight UTC: those read so far. */
  midnights: Set<NormalisedRow>
}

/**
 * One row by the rules of §8.2–8.4, or why it is held. As long as the response's other rows are not known its `tid` is cleaned
 * but not trusted, and its hashes are empty.
 */
export function draftOf(
  raw: unknown,
  index: number,
  section: Section,
  context: RowContext,
): NormalisedRow | HeldReason {
  if (!isRecord(raw)) return 'row_unreadable'
  const { profile, read } = context
  const wording = wordingOf(raw, profile)
  const money = chargedOf(raw, wording, context)
  if (typeof money === 'string') return money
  const dated = dateOf(raw, section, wording, context)
  if (dated === undefined) return 'no_date'
  const out = section === 'pending' && isUnsignedOut(raw, wording, profile)
  const amountMinor = out ? -absolute(money.amountMinor) : profile.flipSign ? -money.amountMinor : money.amountMinor
  const { currency } = money
  const texts = textsOf(raw, out ? withoutMark(wording, profile) : wording, amountMinor, context)
  const valued = read(raw['valueDate'])
  const moment = momentIn(raw, valued, read)
  const { flags = NO_FLAGS } = dated
  // Every field is there, in one order, also where nothing is known of it: all rows have one shape, which is what makes the
  // rules that read them fast.
  const row: NormalisedRow = {
    index,
    section,
    date: dated.day,
    valueDate: (valued ?? read(raw['valueDateTime']))?.day,
    dateTime: moment?.dateTime,
    amountMinor,
    currency,
    description: texts.description,
    counterparty: texts.counterparty,
    tid: acceptedId(asText(raw['transactionId']), profile),
    iid: asText(raw['internalTransactionId']) || undefined,
    fp: '',
    flags: flags.length + money.flags.length === 0 ? NO_FLAGS : [...flags, ...money.flags],
    bankCode: asText(raw['proprietaryBankTransactionCode']) || asText(raw['bankTransactionCode']) || undefined,
    mcc: mccOf(raw),
    original: money.original ?? originalOf(raw['currencyExchange'], amountMinor, currency),
    balanceAfter: balanceOf(raw['balanceAfterTransaction'], currency),
    contentHash: '',
  }
  if (moment?.sentinel === true) context.midnights.add(row)
  return row
}

/** When it happened: banks put a date-time into a date's field, too. A plain day says nothing of it. */
function momentIn(raw: RawRow, valued: Moment | undefined, read: ReadMoment): Moment | undefined {
  return (
    saysMore(read(raw['bookingDateTime'])) ??
    saysMore(read(raw['valueDateTime'])) ??
    saysMore(read(raw['bookingDate'])) ??
    saysMore(valued)
  )
}

const saysMore = (moment: Moment | undefined) =>
  moment !== undefined && (moment.sentinel || moment.dateTime !== undefined) ? moment : undefined

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

type Money = { amountMinor: bigint; currency: string; flags: readonly RowFlag[]; original?: NormalisedRow['original'] }

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
  return pendingIsOut?.test(wording.text) === true && asText(row['transactionId']) === ''
}

/** Booked, the same payment stands without the word that marks it as pending. */
function withoutMark(wording: Wording, { pendingIsOut }: BankProfile): Wording {
  if (pendingIsOut === undefined) return wording
  return {
    text: wording.text.replace(pendingIsOut, ''),
    firstLine: () => wording.firstLine().replace(pendingIsOut, ''),
    from: (source) => wording.from(source),
  }
}

function moneyOf(value: unknown, context: Pick<RowContext, 'currency'>): Money | HeldReason {
  if (!isRecord(value)) return 'amount_unparsable'
  const stated = currencyIn(value['currency'])
  const currency = stated === '' ? context.currency : stated
  if (!isCurrency(currency)) return 'currency_invalid'
  const parsed = amountOf(value['amount'], currency)
  if (!parsed.ok) return parsed.reason
  return { amountMinor: parsed.amountMinor, currency, flags: stated === '' ? ['currency_inferred'] : NO_FLAGS }
}

function currencyIn(value: unknown): string {
  return typeof value === 'string' && isCurrency(value) ? value : asText(value).toUpperCase()
}

/** Three capital letters. */
function isCurrency(text: string): boolean {
  const isCapital = (unit: number) => unit >= 0x41 && unit <= 0x5a
  return (
    text.length === 3 && isCapital(text.charCodeAt(0)) && isCapital(text.charCodeAt(1)) && isCapital(text.charCodeAt(2))
  )
}

function amountOf(value: unknown, currency: string) {
  return parseAmount(typeof value === 'string' || typeof value === 'number' ? String(value) : '', currency)
}

/** A day, and what is doubtful about it. Nearly every row's is just what one of its fields says. */
interface Dated {
  readonly day: string
  readonly flags?: readonly RowFlag[]
}

function dateOf(
  row: RawRow,
  section: Section,
  wording: Wording,
  { profile, read, today, undatedDay }: RowContext,
): Dated | undefined {
  const { dateOrder, dayInText } = profile
  const told = dayInText?.sections.includes(section) ? read(dayIn(wording, dayInText)) : undefined
  if (told !== undefined && !dayInText?.last && told.day <= today) return told
  let first = dayInText?.last ? undefined : told
  for (const field of dateOrder) {
    const moment = read(row[field])
    if (moment === undefined) continue
    if (moment.day <= today) return moment
    first ??= moment
  }
  for (const moment of [read(row[LAST_DATE_FIELD]), dayInText?.last ? told : undefined]) {
    if (moment === undefined) continue
    if (moment.day <= today) return moment
    first ??= moment
  }
  if (first === undefined) return section === 'booked' ? undefined : { day: undatedDay, flags: ['date_inferred'] }
  return section === 'booked' ? { day: first.day, flags: ['future_dated'] } : { day: today, flags: ['date_inferred'] }
}

const NO_FLAGS: readonly RowFlag[] = []

function dayIn(wording: Wording, { from, pattern }: NonNullable<BankProfile['dayInText']>): string | undefined {
  for (const text of wording.from(from)) {
    const found = pattern.exec(text)?.groups
    if (found) return `${found['y']}-${found['m']}-${found['d']}`
  }
  return undefined
}

function mccOf(row: RawRow): string | undefined {
  const code = asText(row['merchantCategoryCode']) || asText(row['merchant_category_code'])
  return code !== '' && /^\d{4}$/.test(code) ? code : undefined
}

/** An array in the schema, an object from several banks. Legs are not summed: the first that names an amount is told. */
function originalOf(value: unknown, amountMinor: bigint, currency: string): NormalisedRow['original'] {
  if (value === undefined) return undefined
  for (const leg of Array.isArray(value) ? value : [value]) {
    const instructed = isRecord(leg) ? moneyOf(leg['instructedAmount'], { currency: '' }) : undefined
    if (instructed === undefined || typeof instructed === 'string' || instructed.currency === currency) continue
    const magnitude = instructed.amountMinor < 0n ? -instructed.amountMinor : instructed.amountMinor
    const rate = isRecord(leg) ? asText(leg['exchangeRate']) : ''
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
export function finished(row: NormalisedRow): NormalisedRow {
  const amount = String(row.amountMinor)
  if (row.fp === '') row.fp = fingerprintOf(row, amount)
  row.contentHash = contentHashOf(row, amount)
  return row
}

/** Date, amount and currency stand in clear, so that a clash of hashes could join only rows equal in all three. */
export function fingerprintOf(row: NormalisedRow, amount = String(row.amountMinor)): string {
  hash
    .addSquashed(row.counterparty ?? '')
    .add('|')
    .addSquashed(row.description)
  // In three parts: a text put together keeps every part that it is made of, and every row keeps such a text.
  const money = `${amount}${betweenMarks(row.currency)}`
  return `${withMark(row.date)}${money}${hash.digest()}`
}

/** `|GBP|` and `2024-03-01|`: hardly ever others than those of the row before, and so not put together again. */
const betweenMarks = remembered((currency) => `|${currency}|`)
const withMark = remembered((day) => `${day}|`)

/** Remembers its last answer alone. */
function remembered(make: (text: string) => string): (text: string) => string {
  let [asked, answer] = ['', make('')]
  return (text) => {
    if (text !== asked) [asked, answer] = [text, make(text)]
    return answer
  }
}

/** One for all rows: nobody else comes between two parts. */
const hash = new Hash64()

/**
 * Of the JSON of `[[section, date, valueDate, dateTime, amount, currency], [description, …, mcc], original, balanceAfter]`,
 * which is hashed as it would be written. Hashes stand in the lake: another form would make every known row a changed one.
 */
function contentHashOf(row: NormalisedRow, amount: string): string {
  const { original: from, balanceAfter: after } = row
  hash.add('[["').add(row.section).add('","').add(row.date).add('",')
  hash.addJson(row.valueDate).add(',').addJson(row.dateTime).add(',"').add(amount).add('","').add(row.currency)
  hash.add('"],[').addJson(row.description).add(',').addJson(row.counterparty).add(',')
  hash.addJson(row.tid).add(',').addJson(row.iid).add(',')
  hash.add(row.flags.length === 0 ? '[]' : JSON.stringify(row.flags)).add(',')
  hash.addJson(row.bankCode).add(',').addJson(row.mcc).add('],')
  hash.add(from === undefined ? 'null' : JSON.stringify([`${from.amountMinor}`, from.currency, from.rate])).add(',')
  hash.add(after === undefined ? 'null' : JSON.stringify([`${after.amountMinor}`, after.currency])).add(']')
  return hash.digest()
}
