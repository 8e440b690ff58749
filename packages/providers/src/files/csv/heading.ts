import { looksLikeAmount } from '../amount-format.ts'
import { looksLikeDate } from '../date-format.ts'
import { type CsvPreset, csvPresets } from './presets.ts'
import type { CsvMapping } from './roles.ts'
import { type CsvRecord, type CsvTable, headerKey } from './table.ts'

/** A table cut into what stands above its payments, their header and the payments (with what stands below them). */
export interface Sheet {
  preamble: readonly CsvRecord[]
  header?: readonly string[]
  rows: readonly CsvRecord[]
  width: number
}

/** No bank writes more above its payments. */
const LONGEST_PREAMBLE = 60

export function presetOf({ records }: CsvTable): { preset: CsvPreset; at: number } | undefined {
  let best: { preset: CsvPreset; at: number; names: number } | undefined
  for (const [at, { cells }] of records.slice(0, LONGEST_PREAMBLE).entries()) {
    const keys = new Set(cells.map(headerKey))
    for (const preset of csvPresets) {
      const names = preset.signature?.length ?? 0
      if (names <= (best?.names ?? 0)) continue
      if (preset.signature?.every((name) => keys.has(headerKey(name)))) best = { preset, at, names }
    }
  }
  return best
}

/** The header at a known place. */
export function sheetAt({ records }: CsvTable, at: number): Sheet {
  const header = records[at]?.cells ?? []
  return { preamble: records.slice(0, at), header, rows: records.slice(at + 1), width: header.length }
}

/** As a mapping says; where it says nothing, as the records look. */
export function sheetBy(table: CsvTable, mapping: Pick<CsvMapping, 'skip_rows' | 'header'> | undefined): Sheet {
  const { records } = table
  if (mapping?.skip_rows !== undefined) {
    const skipped = mapping.skip_rows
    const at = records.findIndex(({ line }) => line > skipped)
    const start = at === -1 ? records.length : at
    return mapping.header === false ? headless(records, start) : sheetAt(table, start)
  }
  const first = firstPayment(records)
  if (first === undefined) return mapping?.header === false ? headless(records, 0) : sheetAt(table, widest(records))
  if (mapping?.header === false) return headless(records, first)
  const above = headerAbove(records, first)
  if (above !== undefined) return sheetAt(table, above)
  return mapping?.header === true ? sheetAt(table, 0) : headless(records, first)
}

function headless(records: readonly CsvRecord[], start: number): Sheet {
  const rows = records.slice(start)
  return {
    preamble: records.slice(0, start),
    rows,
    width: Math.max(0, ...rows.slice(0, 100).map((r) => r.cells.length)),
  }
}

/** The first record as wide as most are, with a date in one cell and an amount in another. */
function firstPayment(records: readonly CsvRecord[]): number | undefined {
  const width = usualWidth(records)
  const found = records.slice(0, LONGEST_PREAMBLE).findIndex(({ cells }) => {
    if (cells.length < width - 1) return false
    const date = cells.findIndex(looksLikeDate)
    return date !== -1 && cells.some((cell, i) => i !== date && !looksLikeDate(cell) && looksLikeAmount(cell))
  })
  return found === -1 ? undefined : found
}

function usualWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0
}

/** Between header and payments an opening balance may stand. */
const HEADER_REACH = 3

/** The nearest record above that has names and neither dates nor amounts. */
function headerAbove(records: readonly CsvRecord[], first: number): number | undefined {
  const payment = (records[first]?.cells ?? []).filter((cell) => cell !== '')
  for (let at = first - 1; at >= Math.max(0, first - HEADER_REACH); at--) {
    const names = (records[at]?.cells ?? []).filter((cell) => cell !== '')
    const isHeader =
      names.length >= Math.max(2, payment.length / 2) &&
      names.every((cell) => !looksLikeDate(cell) && !looksLikeAmount(cell))
    if (isHeader) return at
  }
  return undefined
}

/** In a file without a payment the header is what has most columns. */
function widest(records: readonly CsvRecord[]): number {
  let at = 0
  for (const [i, { cells }] of records.slice(0, LONGEST_PREAMBLE).entries()) {
    if (cells.length > (records[at]?.cells.length ?? 0)) at = i
  }
  return at
}
