import type { QueryAnswer } from '../api/types.ts'

const numeric = /^(DECIMAL|HUGEINT|U?BIGINT|U?INTEGER|U?SMALLINT|U?TINYINT|DOUBLE|FLOAT)/

export const isNumber = (type: string): boolean => numeric.test(type)

/** A cell as it is read: nothing is rounded, a missing value is told from an empty text. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '∅'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const needsQuotes = /[",\n\r]/
/** Cells that a spreadsheet would take for a formula (OWASP, CSV injection); plain negative numbers stay numbers. */
const formula = /^[=+\-@\t\r]/
const plainNumber = /^-?\d+(\.\d+)?$/

/** RFC 4180, with the columns' names first. */
export function toCsv({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): string {
  const cell = (value: unknown): string => {
    const text =
      value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
    const safe = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
    return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [columns.map(({ name }) => name), ...rows].map((row) => row.map(cell).join(',')).join('\r\n')
}

export type Bars = { by: string; value: string; bars: { name: string; value: number; text: string }[] }

const mostBars = 40

/** The first column that names and the first that counts, where there are both and not too many rows to look at. */
export function barsOf({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): Bars | undefined {
  const value = columns.findIndex(({ type }) => isNumber(type))
  const by = columns.findIndex(({ type }, index) => index !== value && !isNumber(type))
  if (value === -1 || by === -1 || rows.length === 0 || rows.length > mostBars) return undefined
  return {
    by: columns[by]?.name ?? '',
    value: columns[value]?.name ?? '',
    bars: rows.map((row) => ({
      name: cellText(row[by]),
      value: Number(row[value] ?? 0),
      text: cellText(row[value]),
    })),
  }
}
