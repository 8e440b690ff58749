import type { Kysely } from 'kysely'
import type { ErasedRows, ProjectionShape } from '../projection-store.ts'
import { changed, type Queries, rowsOf } from './queries.ts'
import { quoted, readModelSql, snakeCase } from './read-model-sql.ts'

type Place = { schema: string; columns: ReadonlySet<string> }

/**
 * From every build's table, those that nobody runs any more included. The fences are raised with it: what a runner has read
 * before it never writes back. Then the tables are written anew, since a
 * deleted row's bytes stay in its page otherwise. Needs the right to own (or to maintain) the tables.
 */
export async function eraseRows<Row extends object>(
  database: Kysely<unknown>,
  { name, table }: Pick<ProjectionShape<Row>, 'name' | 'table'>,
  { spaceId, rows, aggregateIds }: ErasedRows<Row>,
): Promise<number> {
  const places = await placesOf(database, name, table.name)
  const touched: Place[] = []
  const erased = await database.transaction().execute(async (transaction) => {
    // Locks every checkpoint, so that no batch is half way.
    const sql = 'update eventing.checkpoints set fence = fence + 1 where projection = $1'
    await changed(transaction, { sql, values: [name] })
    await changed(transaction, {
      sql: `delete from eventing.quarantine where projection = $1 and split_part(subject, '.', 4) = $2
        and ($3::text[] is null or split_part(subject, '.', 5) = any($3::text[]))`,
      values: [name, spaceId, rows === undefined ? null : (aggregateIds ?? [])],
    })
    let count = 0
    for (const place of places) {
      const { schema, columns } = place
      const ofSpace = { [table.space]: spaceId } as Partial<Row>
      const keys = (rows ?? [{}]).map((row): Partial<Row> => ({ ...ofSpace, ...row }))
      // An older version may lack a column: then it holds nothing that could be told by it.
      const known = keys.filter((key) => Object.keys(key).every((column) => columns.has(snakeCase(column))))
      if (known.length === 0) continue
      count += await changed(transaction, readModelSql(table, schema).erase(known))
      touched.push(place)
    }
    return count
  })
  for (const { schema } of touched) {
    await changed(database, { sql: `vacuum (full) ${quoted(schema)}.${quoted(table.name)}`, values: [] })
  }
  return erased
}

async function placesOf(queries: Queries, projection: string, table: string): Promise<Place[]> {
  const found = await rowsOf(queries, {
    sql: `select table_schema as schema, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema ~ $1 and table_name = $2 group by table_schema`,
    values: [`^${snakeCase(projection)}_v[0-9]+(_r[0-9]+)?$`, snakeCase(table)],
  })
  return found.map(({ schema, columns }) => ({ schema: String(schema), columns: new Set(columns as string[]) }))
}
