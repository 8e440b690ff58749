import { isIban } from '../../normalise/account.ts'
import { identifiersFrom } from '../identifiers.ts'
import { Problems, type StatementAccount, type StatementIdentifiers, type StatementRow } from '../statement.ts'
import { withWindow } from '../window.ts'
import { presetOf, type Sheet, sheetBy } from './heading.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { CsvMapping } from './roles.ts'
import { rowReader } from './rows.ts'
import { type Suggestion, suggestMapping } from './suggest.ts'
import { type CsvRecord, columnNames, readTable } from './table.ts'

export interface CsvColumn {
  name: string
  /** Up to five different contents. */
  samples: string[]
}

export interface CsvReading {
  accounts: StatementAccount[]
  problems: Problems
  preset?: string
  /** False where a mapping has to say more first; then there are no accounts. */
  readable: boolean
  /** As it was read, or the best guess so far. */
  mapping: CsvMapping
  columns: CsvColumn[]
}

/** Throws StatementUnreadable. */
export function readCsv(text: string, given: CsvMapping | undefined, currency: string | undefined): CsvReading {
  const problems = new Problems()
  const table = readTable(text, given?.delimiter)
  const layout = layoutOf(table, given, problems)
  const readable = 'readDate' in layout
  const delimiter = { delimiter: table.delimiter }
  return {
    accounts: readable ? accountsOf(layout, currency, problems) : [],
    problems,
    ...(layout.preset === undefined ? {} : { preset: layout.preset.id }),
    readable,
    mapping: { ...delimiter, ...layout.mapping },
    columns: samplesOf(layout.sheet),
  }
}

export interface CsvDescription {
  delimiter: string
  preset?: string
  header: boolean
  columns: CsvColumn[]
  /** The first rows, cell by cell. */
  rows: string[][]
  suggestion: Suggestion
}

/** What a file looks like, for a person who is to say how it is read. Throws StatementUnreadable. */
export function describeTable(text: string, given?: CsvMapping): CsvDescription {
  const table = readTable(text, given?.delimiter)
  const preset = presetOf(table)?.preset.id
  const sheet = sheetBy(table, given)
  return {
    delimiter: table.delimiter,
    ...(preset === undefined ? {} : { preset }),
    header: sheet.header !== undefined,
    columns: samplesOf(sheet),
    rows: sheet.rows.slice(0, 10).map(({ cells }) => [...cells]),
    suggestion: suggestMapping(sheet),
  }
}

function samplesOf({ header, rows, width }: Sheet): CsvColumn[] {
  const names = header === undefined ? Array.from({ length: width }, (_, i) => String(i)) : columnNames(header)
  return names.map((name, i) => {
    const filled = rows.slice(0, 200).flatMap(({ cells }) => (cells[i] ? [cells[i].slice(0, 120)] : []))
    return { name, samples: [...new Set(filled)].slice(0, 5) }
  })
}

/** One account per number, product and currency that the rows name: an account has one currency. */
function accountsOf(layout: Layout, currency: string | undefined, problems: Problems): StatementAccount[] {
  const read = rowReader(layout, currency, problems)
  const accounts = new Map<string, StatementAccount>()
  for (const record of payments(layout, problems)) {
    const made = read(record)
    if (made === undefined) continue
    const account = accountFor(made.account)
    const row: StatementRow = { raw: record.raw, row: made.row }
    if (made.pending) account.pending.push(row)
    else account.rows.push(row)
  }
  const all =
    accounts.size === 0
      ? [accountFor({ number: '', product: '', currency: layout.currency ?? currency ?? '' })]
      : accounts.values()
  return [...all].map((account) => withWindow(account))

  function accountFor(named: { number: string; product: string; currency: string }): StatementAccount {
    const key = `${named.number}\n${named.product}\n${named.currency}`
    let account = accounts.get(key)
    if (account === undefined) {
      account = {
        identifiers:
          named.number === '' ? preambleIdentifiers(layout.sheet) : identifiersFrom(named.number, named.currency),
        ...(named.currency === '' ? {} : { currency: named.currency }),
        ...(named.product === '' ? {} : { name: named.product }),
        ...(layout.preset === undefined ? {} : { institution: layout.preset.bank }),
        rows: [],
        pending: [],
        balances: [],
      }
      accounts.set(key, account)
    }
    return account
  }
}

/** German banks write the account's IBAN above its payments. */
function preambleIdentifiers({ preamble }: Sheet): StatementIdentifiers {
  for (const cell of preamble.flatMap(({ cells }) => cells)) {
    const found = /[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/.exec(cell.toUpperCase())?.[0].replaceAll(' ', '')
    if (found !== undefined && isIban(found)) return { iban: found }
  }
  return {}
}

/**
 * The records that are payments. Above the first and below the last day sums and remarks may stand; in between nothing is left
 * out, so that a damaged row is held and seen.
 */
function payments({ sheet, columns, readDate }: Layout, problems: Problems): readonly CsvRecord[] {
  const dated = ({ cells }: CsvRecord) => columns.date?.some((at) => readDate(cells[at] ?? '') !== undefined) === true
  const hasDigits = ({ cells }: CsvRecord) => columns.date?.some((at) => /\d/.test(cells[at] ?? '')) === true
  const first = sheet.rows.findIndex(dated)
  const last = sheet.rows.findLastIndex(dated)
  return sheet.rows.filter((record, i) => {
    if ((first !== -1 && i >= first && i <= last) || hasDigits(record)) return true
    problems.add('lines_skipped', record.line, 'lines above or below the payments that have no date were left out')
    return false
  })
}
