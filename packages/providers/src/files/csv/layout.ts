import { type DecimalMark, inferDecimal, statedAmount } from '../amount-format.ts'
import { chooseDates, dateReader, type InferredDates, inferDates, type ReadDate } from '../date-format.ts'
import type { Problems } from '../statement.ts'
import { presetOf, type Sheet, sheetAt, sheetBy } from './heading.ts'
import type { CsvPreset } from './presets.ts'
import { type ColumnRole, type Columns, type CsvMapping, invalid, resolveColumns } from './roles.ts'
import { type Doubt, suggestMapping } from './suggest.ts'
import { type CsvRecord, type CsvTable, headerCurrency, headerKey } from './table.ts'

/** How one file is laid out: everything that is needed to read its rows, decided for the whole file at once. */
export interface Layout {
  sheet: Sheet
  columns: Columns
  mapping: CsvMapping
  preset?: CsvPreset
  readDate: ReadDate
  decimal?: DecimalMark
  invert: boolean
  /** That the amount's header, the bank or the symbols beside most amounts name. */
  currency?: string
}

/** What is known of a file that cannot be read yet. */
export interface Guess {
  sheet: Sheet
  preset?: CsvPreset
  mapping: CsvMapping
}

/**
 * The layout that a mapping says, else a preset's, else the one suggested, where that leaves no doubt. A guess where a person
 * has to say more; `problems` tells what. Throws StatementUnreadable for a mapping that does not fit the file.
 */
export function layoutOf(table: CsvTable, given: CsvMapping | undefined, problems: Problems): Layout | Guess {
  if (given !== undefined && Object.keys(given.columns).length > 0) {
    const preset = presetOf(table)
    const sheet =
      preset !== undefined && given.skip_rows === undefined ? sheetAt(table, preset.at) : sheetBy(table, given)
    return completed(sheet, given, problems, preset?.preset)
  }
  const known = presetOf(table)
  if (known !== undefined) {
    const sheet = sheetAt(table, known.at)
    return completed(sheet, presetMapping(known.preset, sheet), problems, known.preset)
  }
  const sheet = sheetBy(table, given)
  const { mapping, doubts } = suggestMapping(sheet)
  const whole = { ...mapping, ...given, columns: mapping.columns }
  for (const doubt of doubts) problems.add(...told(doubt))
  return doubts.length > 0 ? { sheet, mapping: whole } : completed(sheet, whole, problems)
}

function told(doubt: Doubt): Parameters<Problems['add']> {
  switch (doubt) {
    case 'sign_unclear':
      return [
        'sign_unclear',
        null,
        'it cannot be told whether amounts without a minus are money in or money out; say `invert`',
      ]
    case 'no_date':
      return ['mapping_needed', null, 'no column is known to hold the date; say which']
    case 'no_description':
      return ['mapping_needed', null, 'no column is known to hold the text; say which']
    case 'no_amount':
    case 'several_amounts':
      return ['mapping_needed', null, 'it cannot be told which column holds the amount; say which']
  }
}

/** A preset's mapping with the columns that this file has: banks add and drop columns. */
function presetMapping({ mapping }: CsvPreset, { header = [] }: Sheet): CsvMapping {
  const there = new Set(header.map(headerKey))
  const columns: CsvMapping['columns'] = {}
  for (const [role, named] of Object.entries(mapping.columns)) {
    const names = (Array.isArray(named) ? named : [named]).flatMap((name) => {
      const key = headerKey(name)
      return there.has(key) ? [header.find((cell) => headerKey(cell) === key) ?? name] : []
    })
    if (names.length > 0) columns[role] = names.length === 1 ? (names[0] ?? '') : names
  }
  return { ...mapping, columns }
}

function completed(sheet: Sheet, mapping: CsvMapping, problems: Problems, preset?: CsvPreset): Layout | Guess {
  const columns = resolveColumns(mapping, sheet.header, sheet.width)
  const guess = { sheet, mapping, ...(preset === undefined ? {} : { preset }) }
  const dates = datesOf(sheet, columns, mapping, preset)
  if (!dates.ok) {
    const line = sheet.rows[0]?.line ?? null
    if (dates.reason === 'mixed')
      problems.add('date_format_mixed', line, 'its dates are of several forms; say which one')
    else if (dates.reason === 'ambiguous') {
      problems.add('date_format_ambiguous', line, 'day and month cannot be told apart; say `date_format`')
    } else problems.add('mapping_needed', line, 'the column for the date holds no dates; say another, or `date_format`')
    return guess
  }
  const inferred = inferDecimal(cellsOf(sheet.rows, columns, ['amount', 'debit', 'credit', 'fee', 'balance']))
  if (mapping.decimal === undefined && inferred.mixed) {
    problems.add('amount_format_mixed', null, 'its amounts have both decimal commas and points; say `decimal`')
    return guess
  }
  const decimal = mapping.decimal ?? inferred.mark
  const currency = currencyOf(sheet, columns, preset)
  return {
    ...guess,
    mapping: { ...mapping, date_format: dates.format, ...(decimal === undefined ? {} : { decimal }) },
    columns,
    readDate: dates.read,
    invert: mapping.invert === true,
    ...(decimal === undefined ? {} : { decimal }),
    ...(currency === undefined ? {} : { currency }),
  }
}

function datesOf(sheet: Sheet, columns: Columns, mapping: CsvMapping, preset: CsvPreset | undefined): InferredDates {
  const texts = cellsOf(sheet.rows, columns, ['date'])
  if (mapping.date_format !== undefined) {
    const read = dateReader(mapping.date_format)
    if (read === undefined) throw invalid('a date format that is none', 'such as dd/MM/yyyy')
    return { ok: true, format: mapping.date_format, read, fits: 0 }
  }
  if (texts.length === 0) return { ok: true, format: 'yyyy-MM-dd', read: () => undefined, fits: 0 }
  return preset?.dateFormats === undefined ? inferDates(texts) : chooseDates(texts, preset.dateFormats)
}

function cellsOf(rows: readonly CsvRecord[], columns: Columns, roles: readonly ColumnRole[]): string[] {
  const positions = roles.flatMap((role) => columns[role] ?? [])
  return rows.flatMap(({ cells }) => positions.flatMap((at) => (cells[at] ? [cells[at]] : [])))
}

function currencyOf(sheet: Sheet, columns: Columns, preset: CsvPreset | undefined): string | undefined {
  const named = [columns.amount, columns.debit, columns.credit, columns.balance].flatMap((positions) =>
    (positions ?? []).flatMap((at) => headerCurrency(sheet.header?.[at] ?? '') ?? []),
  )
  return named[0] ?? preset?.currency ?? usualCurrency(sheet, columns)
}

/** The currency that most amounts have a symbol of. */
function usualCurrency({ rows }: Sheet, columns: Columns): string | undefined {
  const counts = new Map<string, number>()
  for (const cell of cellsOf(rows.slice(0, 500), columns, ['amount', 'debit', 'credit', 'balance'])) {
    const currency = statedAmount(cell)?.currency
    if (currency !== undefined) counts.set(currency, (counts.get(currency) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
