import type { Money, SpendingRow } from '../api/types.ts'
import { sums, toAmount, toNumber, toUnits } from '../ui/amount.ts'
import { monthOf } from '../ui/days.ts'
import { ticks } from '../ui/scale.ts'

export type By = 'category' | 'merchant'

/** What a row of the table stands for; `key` as the API names it, empty where nobody knows the merchant. */
export type HeatRow = { key: string; cells: readonly (Money | undefined)[]; average: Money; total: Money }

export type HeatTable = {
  months: readonly string[]
  rows: readonly HeatRow[]
  /** What is not in `rows` for want of room, added up; undefined where nothing is left over. */
  others: HeatRow | undefined
  all: HeatRow
  /** Where the darkest shade begins. */
  top: number
}

const shades = 6
const most: Record<By, number> = { category: 40, merchant: 20 }

const zero = (currency: string): Money => ({ amount: '0.00', currency })
const add = (all: readonly (Money | undefined)[], currency: string): Money =>
  sums(all.filter((one) => one !== undefined))[0] ?? zero(currency)

/** To the minor unit, half away from zero. */
export function averageOf(total: Money, months: number): Money {
  if (months === 0) return zero(total.currency)
  const units = toUnits(total.amount)
  const size = units < 0n ? -units : units
  const hundredths = (size * 2n + BigInt(months) * 100n) / (BigInt(months) * 200n)
  return { amount: toAmount((units < 0n ? -hundredths : hundredths) * 100n), currency: total.currency }
}

/**
 * Spending by month and category (or merchant), the dearest first. `open` is the month that is not over: it is shown and
 * kept out of the averages, as are months before anything was known (`firstKnown`).
 */
export function heatTable(
  items: readonly SpendingRow[],
  about: { by: By; months: readonly string[]; currency: string; open: string; firstKnown: string },
): HeatTable {
  const { by, months, currency, open, firstKnown } = about
  const mine = items.filter((item) => item.currency === currency && item.period !== undefined)
  const over = months.map((month) => month !== open && month >= firstKnown)
  const averaged = over.filter(Boolean).length
  const rowOf = (key: string, cells: readonly (Money | undefined)[]): HeatRow => ({
    key,
    cells,
    total: add(cells, currency),
    average: averageOf(
      add(
        cells.filter((_, index) => over[index]),
        currency,
      ),
      averaged,
    ),
  })
  const column = (rows: readonly SpendingRow[]): (Money | undefined)[] =>
    months.map((month) => {
      const some = rows.filter((row) => monthOf(row.period ?? '') === month)
      return some.length === 0
        ? undefined
        : add(
            some.map((row) => row.amount),
            currency,
          )
    })
  const byKey = Map.groupBy(mine, (item) => (by === 'category' ? (item.category ?? '') : (item.merchant ?? '')))
  const rows = [...byKey]
    .map(([key, some]) => rowOf(key, column(some)))
    .sort((a, b) => toNumber(b.total) - toNumber(a.total))
  const rest = rows.slice(most[by])
  const others = months.map((_, index) => {
    const some = rest.flatMap((row) => row.cells[index] ?? [])
    return some.length === 0 ? undefined : add(some, currency)
  })
  const shown = rows.slice(0, most[by])
  return {
    months,
    rows: shown,
    others: rest.length === 0 ? undefined : rowOf('', others),
    all: rowOf('', column(mine)),
    top: scaleTop(shown),
  }
}

/** Round, and above nine tenths of the cells: one dear month does not make all the others pale. */
function scaleTop(rows: readonly HeatRow[]): number {
  const values = rows
    .flatMap((row) => row.cells.flatMap((cell) => (cell ? toNumber(cell) : [])))
    .filter((value) => value > 0)
    .sort((a, b) => a - b)
  return ticks(0, values[Math.floor(values.length * 0.9)] ?? 0).at(-1) ?? 0
}

/** 0 for nothing (or for more back than was spent), 1 to 5 by size, 6 from the top on. */
export function shadeOf(cell: Money | undefined, top: number): number {
  const value = cell === undefined ? 0 : toNumber(cell)
  if (value <= 0) return 0
  return value >= top ? shades : 1 + Math.floor((value / top) * (shades - 1))
}
