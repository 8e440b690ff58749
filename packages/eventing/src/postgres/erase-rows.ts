import { CompiledQuery, type Kysely } from 'kysely'
import type { ErasedRows, ProjectionShape } from '../projection.ts'
import { quoted, readModelSql, type Statement, snakeCase } from './read-model-sql.ts'

type Place = { schema: string; columns: ReadonlySet<string> }

/**
 * From every version's table, those of versions that nobody runs any more included; then the tables are written anew, since a
 * deleted row's bytes stay in its page otherwise. Needs the right to own (or to maintain) the tables.
 */
export async function eraseRows<Row extends object>(
  database: Kysely<unknown>,
  { name, table }: Pick<ProjectionShape<Row>, 'name' | 'table'>,
  { spaceId, rows, aggregateIds }: ErasedRows<Row>,
): Promise<number> {
  const run = async ({ sql, values }: Statement) => database.executeQuery<{ n: string }>(CompiledQuery.raw(sql, values))
  let erased = 0
  for (const { schema, columns } of await placesOf(database, name, table.name)) {
    const ofSpace = { [table.space]: spaceId } as Partial<Row>
    const keys = (rows ?? [{}]).map((row): Partial<Row> => ({ ...ofSpace, ...row }))
    // An older version may lack a column: then it holds nothing that could be told by it.
    const known = keys.filter((key) => Object.keys(key).every((column) => columns.has(snakeCase(column))))
    if (known.length === 0) continue
    const { numAffectedRows = 0n } = await run(readModelSql(table, schema).erase(known))
    erased += Number(numAffectedRows)
    await run({ sql: `vacuum (full) ${quoted(schema)}.${quoted(table.name)}`, values: [] })
  }
  await run({
    sql: `delete from eventing.quarantine where projection = $1 and split_part(subject, '.', 4) = $2
      and ($3::text[] is null or split_part(subject, '.', 5) = any($3::text[]))`,
    values: [name, spaceId, rows === undefined ? null : (aggregateIds ?? [])],
  })
  return erased
}

async function placesOf(database: Kysely<unknown>, projection: string, table: string): Promise<Place[]> {
  const { rows } = await database.executeQuery<{ schema: string; columns: string[] }>(
    CompiledQuery.raw(
      `select table_schema as schema, array_agg(column_name::text) as columns from information_schema.columns
        where table_schema ~ $1 and table_name = $2 group by table_schema`,
      [`^${snakeCase(projection)}_v[0-9]+$`, snakeCase(table)],
    ),
  )
  return rows.map(({ schema, columns }) => ({ schema, columns: new Set(columns) }))
}
