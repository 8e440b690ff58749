import type { Comparison, ProjectionShape } from '../projection-store.ts'
import { buildOf, columnsOf, type Named, type Queries, rowsOf, schemaOf } from './queries.ts'
import { quoted, readModelSql, snakeCase } from './read-model-sql.ts'

/**
 * Two builds as they stand in this transaction. Where the columns are the same: every row, by the sum of its hash, which no
 * order changes; else the rows of each space, where the older one names its space alike.
 */
export async function compareBuilds<Row extends object>(
  transaction: Queries,
  before: Named,
  after: ProjectionShape<Row>,
  seq: number,
): Promise<Comparison> {
  const { table } = after
  const found = await oldTable(transaction, before)
  const against = buildOf(before)
  const places = { before: found?.place, after: `${quoted(schemaOf(after))}.${quoted(table.name)}` }
  const sameColumns =
    found !== undefined && print(found.columns) === print(readModelSql(table, schemaOf(after)).shape())
  const by = sameColumns ? 'rows' : 'counts'
  const columns = Object.keys(table.columns).map((name) => `t.${quoted(name)}`)
  const digestOf = (place: string) => digest(transaction, place, sameColumns ? columns : [])
  const mine = await digestOf(places.after)
  const theirs = places.before === undefined ? { rows: 0, sum: '0' } : await digestOf(places.before)
  const space = snakeCase(table.space)
  const canCount = found?.columns.some(({ name }) => name === space) ?? false
  const isEqual = mine.rows === theirs.rows && mine.sum === theirs.sum
  const spacesThatDiffer =
    !canCount || places.before === undefined || (sameColumns && isEqual)
      ? 0
      : await differingSpaces(transaction, places.before, places.after, quoted(space))
  return {
    seq,
    against,
    by,
    rowsBefore: theirs.rows,
    rowsAfter: mine.rows,
    spacesThatDiffer,
    equal: isEqual && spacesThatDiffer === 0,
  }
}

const print = (columns: readonly { name: string; type: string }[]): string =>
  columns
    .map(({ name, type }) => `${name} ${type}`)
    .sort()
    .join()

/** The one table of a build's schema, whatever its version called it. */
async function oldTable(transaction: Queries, build: Named) {
  const [found] = await rowsOf(transaction, {
    sql: 'select table_name as name from information_schema.tables where table_schema = $1 order by 1 limit 1',
    values: [schemaOf(build)],
  })
  if (!found) return undefined
  const name = String(found['name'])
  const columns = await columnsOf(transaction, schemaOf(build), name)
  return { place: `${quoted(schemaOf(build))}.${quoted(name)}`, columns }
}

async function digest(transaction: Queries, place: string, columns: readonly string[]) {
  const hash = columns.length === 0 ? '0' : `hashtextextended(row(${columns.join(', ')})::text, 0)::numeric`
  const [found] = await rowsOf(transaction, {
    sql: `select count(*) as rows, coalesce(sum(${hash}), 0)::text as sum from ${place} t`,
    values: [],
  })
  return { rows: Number(found?.['rows'] ?? 0), sum: String(found?.['sum'] ?? '0') }
}

async function differingSpaces(transaction: Queries, before: string, after: string, space: string): Promise<number> {
  const counts = (place: string) => `(select ${space} as space, count(*) as rows from ${place} group by 1)`
  const [found] = await rowsOf(transaction, {
    sql: `select count(*) as spaces from ${counts(before)} a full join ${counts(after)} b using (space)
      where a.rows is distinct from b.rows`,
    values: [],
  })
  return Number(found?.['spaces'] ?? 0)
}
