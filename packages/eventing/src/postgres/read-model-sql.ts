import type { Column, ColumnType, FindOptions, Table } from '../projection.ts'
import { fieldsOf } from '../rows.ts'

/** Statements with `$n` for values: rows travel as one JSON parameter, never as text of the statement. */
export type Statement = { sql: string; values: unknown[] }

/** Text compares by its bytes: the same order on every machine, and in the memory store. */
const sqlTypes: Record<ColumnType, string> = {
  text: 'text collate "C"',
  integer: 'integer',
  bigint: 'bigint',
  boolean: 'boolean',
  timestamptz: 'timestamptz',
  date: 'date',
  jsonb: 'jsonb',
}

const typeOf = (column: Column): ColumnType => (typeof column === 'object' ? column.type : column)
const castOf = (column: Column): string => (typeOf(column) === 'text' ? 'text' : sqlTypes[typeOf(column)])

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Throws on what is no plain name: names come from code and still are not pasted blindly. */
export function quoted(name: string): string {
  const snake = snakeCase(name)
  if (/^[a-z][a-z0-9_]{0,62}$/.test(snake)) return `"${snake}"`
  throw new Error(
    `A name of Postgres must match [a-z][a-z0-9_]*, at most 63 characters; found ${JSON.stringify(snake)}.`,
  )
}

/** A column as rows name it, where a statement reads them from JSON. */
const inJson = (name: string): string => `"${name}"`

/** One read model's table in the schema of its version. */
export function readModelSql<Row extends object>(table: Table<Row>, schema: string) {
  const columns = Object.entries<Column>(table.columns)
  const columnOf = new Map(columns)
  const place = `${quoted(schema)}.${quoted(table.name)}`
  const list = (names: readonly string[]) => names.map(quoted).join(', ')
  const key = list(table.key)
  const rest = columns.map(([name]) => name).filter((name) => !table.key.some((part) => part === name))
  const recordset = (names: readonly string[], parameter: string) => {
    const fields = names.map((name) => `${inJson(name)} ${castOf(columnOf.get(name) ?? 'text')}`)
    return `jsonb_to_recordset(${parameter}::jsonb) as given(${fields.join(', ')})`
  }
  // JSON gives numbers, booleans and days as rows have them; instants are printed as Date.toISOString() does.
  const selected = columns.map(([name, column]) => {
    const value = `t.${quoted(name)}`
    const printed = `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    return `${typeOf(column) === 'timestamptz' ? printed : value} as ${inJson(name)}`
  })
  const asJson = (from: string) => `select row_to_json(r)::text as row from (select ${selected.join(', ')} ${from}) r`
  const names = columns.map(([name]) => name)
  const records = (rows: readonly object[]) => JSON.stringify(rows)

  return {
    create: (): string[] => [
      `create schema if not exists ${quoted(schema)}`,
      `create table if not exists ${place} (${columns
        .map(
          ([name, column]) =>
            `${quoted(name)} ${sqlTypes[typeOf(column)]}${typeof column === 'object' ? '' : ' not null'}`,
        )
        .join(', ')}, primary key (${key}))`,
      // What ANALYZE samples of a column stands in the catalogue, where no erasure looks. Ids and states may; words may not.
      ...unsampled(columns, table).map((name) => `alter table ${place} alter column ${quoted(name)} set statistics 0`),
      ...[[table.space], ...(table.indexes ?? [])].map(
        (index) =>
          `create index if not exists ${quoted(`${table.name}_by_${index.map(snakeCase).join('_')}`.slice(0, 63))} on ${place} (${list(index)})`,
      ),
    ],

    /** Columns as the database has to have them. */
    shape: (): { name: string; nullable: string; type: string }[] =>
      columns.map(([name, column]) => ({
        name: snakeCase(name),
        nullable: typeof column === 'object' ? 'YES' : 'NO',
        type: typeOf(column) === 'timestamptz' ? 'timestamp with time zone' : typeOf(column),
      })),

    put: (rows: readonly Row[]): Statement => ({
      sql: `insert into ${place} (${list(names)}) select ${names.map(inJson).join(', ')} from ${recordset(names, '$1')}
        on conflict (${key}) do ${rest.length === 0 ? 'nothing' : `update set ${rest.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`}`,
      values: [records(rows)],
    }),

    /** Rows that hold the values of any of these, which all name the same columns. */
    erase(keys: readonly Partial<Row>[]): Statement {
      const columns = Object.keys(keys[0] ?? {})
      const equal = columns.map((name) => `t.${quoted(name)} = given.${inJson(name)}`).join(' and ')
      return { sql: `delete from ${place} t using ${recordset(columns, '$1')} where ${equal}`, values: [records(keys)] }
    },

    drop: (keys: readonly Partial<Row>[]): Statement => ({
      sql: `delete from ${place} t using ${recordset(table.key, '$1')} where ${table.key.map((name) => `t.${quoted(name)} = given.${inJson(name)}`).join(' and ')}`,
      values: [records(keys)],
    }),

    /** Rows that hold the values of any of these; those that name the same columns are looked up together. */
    rows(keys: readonly Partial<Row>[]): Statement {
      const groups = Map.groupBy(keys, (columns) => JSON.stringify(shapeOf(columns)))
      const values: string[] = []
      const selects = [...groups].map(([shape, members]) => {
        const { given, empty }: ReturnType<typeof shapeOf> = JSON.parse(shape)
        const equal = given.map((name) => `t.${quoted(name)} = given.${inJson(name)}`)
        const isNull = empty.map((name) => `t.${quoted(name)} is null`)
        if (given.length > 0) values.push(records(members))
        const source = given.length === 0 ? '(select 1) as given' : recordset(given, `$${values.length}`)
        return asJson(`from ${place} t join ${source} on ${[...equal, ...isNull, 'true'].join(' and ')}`)
      })
      return { sql: selects.join(' union '), values }
    },

    find: (options: FindOptions<Row>): Statement => findSql(place, table, columnOf, asJson, options),
  }
}

/** Texts and documents that neither key nor index is made of. */
function unsampled<Row extends object>(columns: readonly [string, Column][], table: Table<Row>): string[] {
  const indexed = new Set<string>([...table.key, table.space, ...(table.indexes ?? []).flat()])
  return columns.flatMap(([name, column]) =>
    !indexed.has(name) && ['text', 'jsonb'].includes(typeOf(column)) ? [name] : [],
  )
}

function shapeOf(columns: object): { given: string[]; empty: string[] } {
  const entries = Object.entries(fieldsOf(columns))
  const isEmpty = (value: unknown) => value === null || value === undefined
  return {
    given: entries.filter(([, value]) => !isEmpty(value)).map(([name]) => name),
    empty: entries.filter(([, value]) => isEmpty(value)).map(([name]) => name),
  }
}

function findSql<Row extends object>(
  place: string,
  table: Table<Row>,
  columnOf: ReadonlyMap<string, Column>,
  asJson: (from: string) => string,
  { where, orderBy = [], after, limit }: FindOptions<Row>,
): Statement {
  const values: unknown[] = []
  const parameter = (name: string, value: unknown, suffix = '') => {
    const column = columnOf.get(name)
    if (column === undefined) throw new Error(`Read model ${table.name} has no column ${name}.`)
    values.push(typeOf(column) === 'jsonb' && suffix === '' ? JSON.stringify(value) : value)
    return `$${values.length}::${castOf(column)}${suffix}`
  }
  const conditions = Object.entries(fieldsOf(where))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const column = `t.${quoted(name)}`
      if (value === null) return `${column} is null`
      return Array.isArray(value)
        ? `${column} = any(${parameter(name, value, '[]')})`
        : `${column} = ${parameter(name, value)}`
    })
  if (after) conditions.push(afterSql(orderBy, after, parameter))
  const order = [...orderBy, ...table.key.map((column) => ({ column, descending: false }))]
  const by = order.map(({ column, descending }) => `t.${quoted(column)}${descending ? ' desc' : ''}`).join(', ')
  const upTo = limit === undefined ? '' : ` limit ${Math.max(0, Math.trunc(limit))}`
  return { sql: asJson(`from ${place} t where ${[...conditions, 'true'].join(' and ')} order by ${by}${upTo}`), values }
}

/** Strictly after the values, column by column; null is the greatest value. */
function afterSql(
  orderBy: readonly { column: string; descending?: boolean }[],
  after: readonly unknown[],
  parameter: (name: string, value: unknown) => string,
): string {
  const alternatives = orderBy.slice(0, after.length).map(({ column, descending }, i) => {
    const same = orderBy.slice(0, i).map((before, j) => {
      const name = `t.${quoted(before.column)}`
      return after[j] === null ? `${name} is null` : `${name} = ${parameter(before.column, after[j])}`
    })
    return [...same, beyond(`t.${quoted(column)}`, column, after[i], descending === true, parameter)].join(' and ')
  })
  return alternatives.length === 0 ? 'true' : `(${alternatives.map((one) => `(${one})`).join(' or ')})`
}

function beyond(
  name: string,
  column: string,
  value: unknown,
  descending: boolean,
  parameter: (name: string, value: unknown) => string,
): string {
  if (value === null || value === undefined) return descending ? `${name} is not null` : 'false'
  return descending
    ? `${name} < ${parameter(column, value)}`
    : `(${name} > ${parameter(column, value)} or ${name} is null)`
}
