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
    .map((row) => copyOf(row))
}

/** A row of its own, whatever its reader does to it. Cells are plain JSON, which `structuredClone` is slow at. */
export const copyOf = <Row extends object>(row: Row): Row => copied(row) as Row

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value)
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) copy[name] = copied(fieldsOf(value)[name])
  return copy
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
