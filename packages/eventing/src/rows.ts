import type { Column, ColumnType, Operation, Table } from './projection.ts'

/** A handler made a row that its table cannot hold. Names the column and the rule, never the value. */
export class RowInvalid extends Error {
  constructor(table: string, column: string, problem: string) {
    super(`Read model ${table}, column ${column}: ${problem}.`)
    this.name = 'RowInvalid'
  }
}

export type AnyRow = Record<string, unknown>

/** A row is a plain object with string keys; this is where the type parameter ends. */
export const fieldsOf = (row: object): AnyRow => row as AnyRow

/**
 * The row as every store keeps it: each column there, `undefined` as null, instants as `Date.toISOString()` prints them
 * (milliseconds). Throws RowInvalid.
 */
export function normaliseRow<Row extends object>(table: Table<Row>, row: Row): Row {
  const columns = Object.entries<Column>(table.columns)
  const given = fieldsOf(row)
  const unknown = Object.keys(given).find((name) => !(name in table.columns))
  if (unknown !== undefined) throw new RowInvalid(table.name, unknown, 'the table has no such column')
  const normal = columns.map(([name, column]) => [name, normaliseValue(table.name, name, column, given[name])])
  return Object.fromEntries(normal) as Row
}

function normaliseValue(table: string, name: string, column: Column, value: unknown): unknown {
  const nullable = typeof column === 'object'
  const type = nullable ? column.type : column
  if (value === undefined || value === null) {
    if (nullable) return null
    throw new RowInvalid(table, name, 'it is empty and not declared nullable')
  }
  const problem = problemOf(type, value)
  if (problem !== undefined) throw new RowInvalid(table, name, problem)
  return type === 'timestamptz' ? toInstant(value) : value
}

function problemOf(type: ColumnType, value: unknown): string | undefined {
  switch (type) {
    case 'text':
      if (typeof value !== 'string') return 'a string was expected'
      return value.includes('\u0000') ? 'a string without the character 0 was expected' : undefined
    case 'integer':
      return isWithin(value, 2 ** 31) ? undefined : 'an integer of 32 bits was expected'
    case 'bigint':
      return isWithin(value, 2 ** 53) ? undefined : 'an integer that a number holds exactly was expected'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'a boolean was expected'
    case 'timestamptz':
      return isInstant(value) ? undefined : 'an RFC 3339 instant was expected'
    case 'date':
      return isDay(value) ? undefined : 'a day YYYY-MM-DD was expected'
    case 'jsonb':
      return JSON.stringify(value).includes('\\u0000') ? 'JSON without the character 0 was expected' : undefined
  }
}

const isWithin = (value: unknown, bound: number): boolean => Number.isInteger(value) && Math.abs(Number(value)) < bound

const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value))

const isDay = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))

/** The key columns' values as one string: equal for equal keys. */
export function keyOf<Row extends object>(table: Table<Row>, row: Partial<Row>): string {
  return JSON.stringify(
    table.key.map((column) => (table.columns[column] === 'timestamptz' ? toInstant(row[column]) : row[column])),
  )
}

/** The columns of a key that `keyOf` made. */
export function columnsOfKey<Row extends object>(table: Table<Row>, key: string): Partial<Row> {
  const values: unknown[] = JSON.parse(key)
  return Object.fromEntries(table.key.map((column, i) => [column, values[i]])) as Partial<Row>
}

const toInstant = (value: unknown): string => new Date(String(value)).toISOString()

/** Whether the columns given are exactly the table's key; otherwise they are a filter over rows. */
export function isKey<Row extends object>(table: Table<Row>, columns: Partial<Row>): boolean {
  const given = Object.keys(columns)
  return given.length === table.key.length && table.key.every((column) => given.includes(column))
}

export function matches<Row extends object>(row: Row, columns: Partial<Row>): boolean {
  const fields = fieldsOf(row)
  return Object.entries(columns).every(([name, value]) => sameValue(fields[name], value ?? null))
}

export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

/** The rows that an operation has to see before it can be applied; undefined: none. */
export function needOf<Row extends object>(table: Table<Row>, operation: Operation<Row>): Partial<Row> | undefined {
  if (operation.op === 'put') return undefined
  if (operation.op === 'drop' && isKey(table, operation.key)) return undefined
  return operation.key
}

/** Rows by key; `null`: dropped. */
export type RowLayer<Row> = Map<string, Row | null>

/**
 * Applies one operation to the topmost layer; a layer hides what the ones under it say of a key. Throws RowInvalid, or
 * what a `change` function throws.
 */
export function apply<Row extends object>(
  table: Table<Row>,
  layers: readonly [RowLayer<Row>, ...RowLayer<Row>[]],
  operation: Operation<Row>,
): void {
  const [top] = layers
  const current = (key: string): Row | undefined => layers.find((layer) => layer.has(key))?.get(key) ?? undefined
  const store = (row: Row) => {
    const normal = normaliseRow(table, row)
    top.set(keyOf(table, normal), normal)
  }
  if (operation.op === 'put') {
    store(operation.row)
    return
  }
  const { key: columns } = operation
  const keys = isKey(table, columns)
    ? [keyOf(table, columns)]
    : [...new Set(layers.flatMap((layer) => [...layer.keys()]))].filter((key) => {
        const row = current(key)
        return row !== undefined && matches(row, columns)
      })
  for (const key of keys) {
    const changed = operation.op === 'drop' ? undefined : operation.change(current(key))
    top.set(key, null)
    if (changed) store(changed)
  }
}
