import type { RawRow } from '../normalise/fields.ts'
import { type DecimalMark, inferDecimal, statedAmount } from './amount-format.ts'
import type { CsvMapping } from './csv/roles.ts'
import { dateReader, type InferredDates, inferDates } from './date-format.ts'
import { checkRowCount, Problems, type StatementAccount, StatementUnreadable } from './statement.ts'
import { withWindow } from './window.ts'

/** Lists of payments; a QIF may hold others (categories, securities, memorised payments). */
const PAYMENTS = /^!type:\s*(?:bank|cash|ccard|oth [al])\s*$/i
const ACCOUNT = /^!account\s*$/i
const OPTION = /^!(?:option|clear):/i

interface QifRecord {
  line: number
  raw: string
  /** The first line of each letter; a split's own lines stay in `raw`. */
  fields: ReadonlyMap<string, string>
}

interface Section {
  name?: string
  records: QifRecord[]
}

export interface QifReading {
  accounts: StatementAccount[]
  problems: Problems
  readable: boolean
}

/** Quicken's format: no ids, no currency, and dates whose order only the whole file tells. Throws StatementUnreadable. */
export function readQif(text: string, mapping: CsvMapping | undefined, currency: string | undefined): QifReading {
  const problems = new Problems()
  const sections = sectionsOf(text, problems)
  const records = sections.flatMap((section) => section.records)
  checkRowCount(records.length)
  const dates = datesOf(records, mapping?.date_format)
  if (!dates.ok) {
    const line = records[0]?.line ?? null
    if (dates.reason === 'ambiguous')
      problems.add('date_format_ambiguous', line, 'day and month cannot be told apart; say `date_format`')
    else problems.add('date_format_mixed', line, 'its dates are of no one form; say `date_format`')
    return { accounts: [], problems, readable: false }
  }
  const decimal = mapping?.decimal ?? inferDecimal(records.map(({ fields }) => amountText(fields))).mark
  const read = { dates, decimal, currency }
  return { accounts: sections.map((section) => accountOf(section, read, problems)), problems, readable: true }
}

type Reader = { dates: InferredDates & { ok: true }; decimal: DecimalMark | undefined; currency: string | undefined }

function sectionsOf(text: string, problems: Problems): Section[] {
  const sections: Section[] = []
  let kind: 'payments' | 'account' | 'other' = 'payments'
  let name: string | undefined
  let lines: string[] = []
  let first = 1
  const current = () => {
    const last = sections.at(-1)
    if (last !== undefined && last.name === name) return last
    const section: Section = { ...(name === undefined ? {} : { name }), records: [] }
    sections.push(section)
    return section
  }
  const finish = () => {
    if (lines.length === 0) return
    const record = { line: first, raw: lines.join('\n'), fields: fieldsOf(lines) }
    lines = []
    if (kind === 'account') name = record.fields.get('N') ?? name
    else if (kind === 'payments') current().records.push(record)
    else
      problems.add(
        'other_sections_skipped',
        record.line,
        'entries that are no payments (categories, securities) were left out',
      )
  }
  for (const [i, stated] of text.split(/\r\n|\r|\n/).entries()) {
    const line = stated.trimEnd()
    if (line.startsWith('!')) {
      finish()
      if (OPTION.test(line)) continue
      kind = ACCOUNT.test(line) ? 'account' : PAYMENTS.test(line) ? 'payments' : 'other'
      if (kind === 'payments') current()
    } else if (line.startsWith('^')) finish()
    else if (line !== '') {
      if (lines.length === 0) first = i + 1
      lines.push(line)
    }
  }
  finish()
  if (sections.length > 0) return sections
  throw new StatementUnreadable({
    code: 'damaged',
    found: 'no list of payments',
    expected: '!Type:Bank, !Type:CCard or !Type:Cash',
    todo: 'export the account’s payments instead of its categories or securities',
  })
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const letter = line.charAt(0).toUpperCase()
    if (!fields.has(letter)) fields.set(letter, line.slice(1).trim())
  }
  return fields
}

/** Newer Quicken writes the amount into U as well; T is what all write. */
const amountText = (fields: ReadonlyMap<string, string>) => fields.get('T') ?? fields.get('U') ?? ''

/** Quicken writes `12/25'24` for years from 2000 on, and blanks for leading zeros: `1/ 5/94`. */
function plainDate(text: string): string {
  return text
    .replace(/'\s*(\d{1,2})$/, (_, year: string) => `/20${year.padStart(2, '0')}`)
    .replace(/'\s*(\d{4})$/, '/$1')
    .replace(/(^|[/.-])\s+(?=\d)/g, '$1')
    .trim()
}

function datesOf(records: readonly QifRecord[], format: string | undefined): InferredDates {
  const texts = records.map(({ fields }) => plainDate(fields.get('D') ?? ''))
  const stated = format === undefined ? undefined : dateReader(format)
  if (format !== undefined && stated !== undefined) return { ok: true, format, read: stated, fits: texts.length }
  return texts.length === 0 ? { ok: true, format: 'yyyy-MM-dd', read: () => undefined, fits: 0 } : inferDates(texts)
}

function accountOf({ name, records }: Section, reader: Reader, problems: Problems): StatementAccount {
  const account: StatementAccount = {
    identifiers: {},
    ...(reader.currency === undefined ? {} : { currency: reader.currency }),
    ...(name === undefined ? {} : { name }),
    rows: [],
    pending: [],
    balances: [],
  }
  for (const record of records) {
    const row = rowOf(record, reader)
    if (isOpening(record.fields)) {
      problems.add('opening_balance', record.line, 'the opening balance was not taken for a payment')
      const amount = (row['transactionAmount'] as { amount?: string }).amount
      if (amount !== undefined) account.balances.push({ type: 'opening', date: String(row['bookingDate']), amount })
    } else account.rows.push({ raw: record.raw, row })
  }
  return withWindow(account)
}

/** Quicken's first entry of an account: a transfer to itself. */
function isOpening(fields: ReadonlyMap<string, string>): boolean {
  return /^opening balance$/i.test(fields.get('P') ?? '') && /^\[.*\]$/.test(fields.get('L') ?? '')
}

function rowOf({ fields }: QifRecord, { dates, decimal, currency }: Reader): RawRow {
  const stated = fields.get('D') ?? ''
  const amount = statedAmount(amountText(fields), decimal)?.amount
  const payee = fields.get('P') ?? ''
  const memo = fields.get('M') ?? ''
  const lines = memo.toLowerCase().startsWith(payee.toLowerCase()) ? [memo] : [payee, memo]
  const said = lines.filter((line) => line !== '')
  const number = fields.get('N') ?? ''
  return {
    // Unreadable, it stands as it came: the normaliser holds the row and shows it.
    bookingDate: dates.read(plainDate(stated))?.day ?? stated,
    transactionAmount: { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) },
    ...(payee === '' ? {} : { [amount?.startsWith('-') ? 'creditorName' : 'debtorName']: payee }),
    ...(said.length === 0 ? {} : { remittanceInformationUnstructuredArray: said }),
    ...(/^\d+$/.test(number) ? { checkId: number } : {}),
  }
}
