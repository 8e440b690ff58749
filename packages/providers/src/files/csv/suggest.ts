import { inferDecimal, looksLikeAmount, minorUnits, statedAmount } from '../amount-format.ts'
import { inferDates, looksLikeDate } from '../date-format.ts'
import type { Sheet } from './heading.ts'
import type { ColumnRole, CsvMapping } from './roles.ts'
import { columnNames, headerKey } from './table.ts'
import { roleWords, signWords, stateWords, wordKey } from './words.ts'

export type Doubt = 'no_date' | 'no_amount' | 'several_amounts' | 'sign_unclear' | 'no_description'

export interface Suggestion {
  /** As good as it could be made; to be looked at by a person where there are doubts. */
  mapping: CsvMapping
  /** Why each role went to its column. */
  reasons: Partial<Record<ColumnRole, 'header' | 'contents'>>
  doubts: Doubt[]
}

const SAMPLE_ROWS = 500
/** So many cells of a column have to be what its role needs, by its contents alone: below payments other lines may stand. */
const MOST = 0.8
/** So many, where its name says the same. */
const HALF = 0.5

interface Column {
  name: string
  key: string
  filled: readonly string[]
  /** Also the empty ones. */
  rows: number
  /** Most cells are dates; amounts. */
  dates: boolean
  amounts: boolean
  mayBeDates: boolean
  mayBeAmounts: boolean
}

/** Guesses what the columns say, from their names and from what stands in them. */
export function suggestMapping(sheet: Sheet): Suggestion {
  const columns = columnsOf(sheet)
  const chosen = new Map<ColumnRole, Column[]>()
  const reasons: Suggestion['reasons'] = {}
  const taken = new Set<Column>()
  const take = (role: ColumnRole, column: Column, reason: 'header' | 'contents') => {
    chosen.set(role, [...(chosen.get(role) ?? []), column])
    reasons[role] ??= reason
    taken.add(column)
  }
  for (const { role, words } of roleWords) {
    for (const column of columns) {
      if (taken.has(column) || !words.test(column.key) || !agrees(role, column)) continue
      if (chosen.has(role) && role !== 'description') continue
      take(role, column, 'header')
    }
  }
  const free = () => columns.filter((column) => !taken.has(column))
  const doubts = new Set<Doubt>()
  if (!chosen.has('date')) {
    const date = free().find(({ dates }) => dates) ?? chosen.get('value_date')?.[0]
    if (date === undefined) doubts.add('no_date')
    else take('date', date, 'contents')
  }
  if (!hasAmount(chosen)) {
    // Half of a pair of columns may still be the amount, but not as half of a pair.
    for (const role of ['debit', 'credit'] as const) {
      for (const column of chosen.get(role) ?? []) taken.delete(column)
      chosen.delete(role)
    }
    const amounts = free().filter(({ amounts: are, dates }) => are && !dates)
    if (amounts[0] === undefined) doubts.add('no_amount')
    else take('amount', amounts[0], 'contents')
    if (amounts.length > 1) doubts.add('several_amounts')
  } else if (chosen.has('amount')) {
    chosen.delete('debit')
    chosen.delete('credit')
  }
  if (!chosen.has('description') && !chosen.has('counterparty')) {
    const text = longestText(free())
    if (text === undefined) doubts.add('no_description')
    else take('description', text, 'contents')
  }
  const mapping = mappingOf(chosen, sheet)
  const sign = signOf(sheet, columns, chosen)
  if (sign === 'unclear') doubts.add('sign_unclear')
  if (sign === 'inverted') mapping.invert = true
  return { mapping, reasons, doubts: [...doubts] }
}

function columnsOf({ header, rows, width }: Sheet): Column[] {
  const names = header === undefined ? Array.from({ length: width }, (_, i) => String(i)) : columnNames(header)
  const sample = rows.slice(0, SAMPLE_ROWS)
  return names.map((name, i) => {
    const filled = sample.map(({ cells }) => cells[i] ?? '').filter((cell) => cell !== '')
    const share = (test: (cell: string) => boolean) =>
      filled.length === 0 ? 0 : filled.filter(test).length / filled.length
    const [dates, amounts] = [share(looksLikeDate), share(looksLikeAmount)]
    return {
      name,
      key: header === undefined ? '' : wordKey(headerKey(name)),
      filled,
      rows: sample.length,
      dates: dates >= MOST,
      amounts: amounts >= MOST,
      mayBeDates: filled.length === 0 || dates >= HALF,
      mayBeAmounts: filled.length === 0 || amounts >= HALF,
    }
  })
}

function agrees(role: ColumnRole, { filled, rows, dates, mayBeDates, mayBeAmounts }: Column): boolean {
  const all = (test: (cell: string) => boolean) => filled.length > 0 && filled.every(test)
  switch (role) {
    case 'date':
    case 'value_date':
      return mayBeDates
    case 'amount':
    case 'debit':
    case 'credit':
    case 'balance':
      return mayBeAmounts
    case 'time':
      return all((cell) => /^\d{1,2}:\d{2}(?::\d{2})?$/.test(cell))
    case 'currency':
      return all((cell) => /^[A-Z]{3}$/i.test(cell))
    case 'sign':
      return all((cell) => signWords.has(wordKey(cell)))
    case 'state':
      return all((cell) => stateWords.has(wordKey(cell)))
    case 'account':
    case 'sort_code':
      // The file's own: the other side's number differs from row to row.
      return rows > 1 && filled.length === rows && new Set(filled).size === 1 && /\d/.test(filled[0] ?? '')
    case 'id':
      return filled.length > 0 && new Set(filled).size === filled.length
    default:
      return !dates
  }
}

function hasAmount(chosen: ReadonlyMap<ColumnRole, Column[]>): boolean {
  return chosen.has('amount') || (chosen.has('debit') && chosen.has('credit'))
}

function longestText(columns: readonly Column[]): Column | undefined {
  const weight = ({ filled }: Column) => filled.reduce((sum, cell) => sum + cell.length, 0)
  const texts = columns.filter(({ filled, dates, amounts }) => filled.length > 0 && !dates && !amounts)
  return texts.sort((a, b) => weight(b) - weight(a))[0]
}

function mappingOf(chosen: ReadonlyMap<ColumnRole, Column[]>, sheet: Sheet): CsvMapping {
  const columns: CsvMapping['columns'] = {}
  for (const [role, named] of chosen) {
    const names = named.map(({ name }) => name).slice(0, 8)
    columns[role] = names.length === 1 ? (names[0] ?? '') : names
  }
  const dates = inferDates(chosen.get('date')?.flatMap(({ filled }) => filled) ?? [])
  const { mark } = inferDecimal(
    [...chosen].flatMap(([role, named]) =>
      ['amount', 'debit', 'credit', 'balance'].includes(role) ? named.flatMap(({ filled }) => filled) : [],
    ),
  )
  return {
    ...(sheet.header === undefined ? { header: false } : {}),
    ...(dates.ok ? { date_format: dates.format } : {}),
    ...(mark === undefined ? {} : { decimal: mark }),
    columns,
  }
}

/** Rows below which nothing can be said of how often money goes out. */
const ENOUGH_ROWS = 5

/**
 * Whether a minus means money out. A running balance proves it; without one, an account with (almost) only money in is more
 * often a card's list of charges, and that is not for us to guess.
 */
function signOf(
  sheet: Sheet,
  columns: readonly Column[],
  chosen: ReadonlyMap<ColumnRole, Column[]>,
): 'stated' | 'inverted' | 'unclear' {
  const amount = chosen.get('amount')?.[0]
  if (amount === undefined || chosen.has('sign')) return 'stated'
  const balance = chosen.get('balance')?.[0]
  if (balance !== undefined) {
    const proof = signByBalance(sheet, columns.indexOf(amount), columns.indexOf(balance))
    if (proof !== undefined) return proof
  }
  const signs = amount.filled.flatMap((cell) => statedAmount(cell)?.amount ?? [])
  const out = signs.filter((text) => text.startsWith('-')).length
  if (out > 0 && (signs.length < ENOUGH_ROWS || out >= signs.length / 5)) return 'stated'
  return signs.length === 0 ? 'stated' : 'unclear'
}

function signByBalance({ rows }: Sheet, amountAt: number, balanceAt: number): 'stated' | 'inverted' | undefined {
  const cells = rows.slice(0, SAMPLE_ROWS)
  const { mark } = inferDecimal(cells.flatMap(({ cells: row }) => [row[amountAt] ?? '', row[balanceAt] ?? '']))
  const minor = (cell: string | undefined) => {
    const amount = statedAmount(cell ?? '', mark)?.amount
    return amount === undefined ? undefined : minorUnits(amount, 'EUR')
  }
  const known = cells.flatMap(({ cells: row }) => {
    const [amount, balance] = [minor(row[amountAt]), minor(row[balanceAt])]
    return amount === undefined || balance === undefined ? [] : [{ amount, balance }]
  })
  const fits = { stated: 0, inverted: 0 }
  let pairs = 0
  for (const [i, row] of known.entries()) {
    const next = known[i + 1]
    if (next === undefined || row.amount === 0n || next.amount === 0n) continue
    pairs++
    // Oldest first, then newest first.
    const step = next.balance - row.balance
    if (step === next.amount || -step === row.amount) fits.stated++
    else if (step === -next.amount || step === row.amount) fits.inverted++
  }
  if (pairs < 2) return undefined
  // One pair that speaks against it, and the column is neither: amounts without any sign.
  if (fits.stated >= pairs * MOST && fits.inverted === 0) return 'stated'
  return fits.inverted >= pairs * MOST && fits.stated === 0 ? 'inverted' : undefined
}
