import type { FindOptions, Table } from '../projection.ts'
import { fieldsOf, sameValue } from '../rows.ts'

/** What `find` of the Postgres store selects, over rows in memory. */
export function find<Row extends object>(table: Table<Row>, rows: Row[], options: FindOptions<Row>): Row[] {
  const { where, orderBy = [], after, limit = Number.POSITIVE_INFINITY } = options
  const order = [...orderBy, ...table.key.map((column) => ({ column }))]
  const wanted = Object.entries<unknown>(where).filter(([, value]) => value !== undefined)
  return rows
    .filter((row) => wanted.every(([name, value]) => isOneOf(fieldsOf(row)[name], value)))
    .filter((row) => after === undefined || compare(row, (i) => after[i], orderBy) > 0)
    .sort((a, b) => compare(a, (i) => fieldsOf(b)[order[i]!.column], order))
    .slice(0, limit)
}

/** As it is kept: everybody is handed this very row, so that whoever would change it fails. */
export function fixed<Row extends object>(row: Row): Row {
  fix(row)
  return row
}

function fix(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const held of Object.values(value)) fix(held)
}

const isOneOf = (found: unknown, wanted: unknown): boolean =>
  Array.isArray(wanted) ? wanted.some((value) => sameValue(found, value)) : sameValue(found, wanted)

type Order = readonly { column: string; descending?: boolean }[]

function compare(row: object, other: (i: number) => unknown, order: Order): number {
  for (const [i, { column, descending }] of order.entries()) {
    const difference = compareValues(fieldsOf(row)[column], other(i))
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

/** Empty values are the greatest. Strings compare by their bytes, as Postgres does under the collation "C". */
function compareValues(a: unknown, b: unknown): number {
  const [isEmptyA, isEmptyB] = [a === null || a === undefined, b === null || b === undefined]
  if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB)
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}
