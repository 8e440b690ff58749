import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api'
import { placeOf, SqlRefused } from './words.ts'

/** Table functions that read nothing but what they are given. */
const tableFunctions = new Set(['unnest', 'range', 'generate_series', 'json_each', 'json_tree'])
/** Functions that tell of the process and its files (`allowed_paths`). */
const hiddenFunctions = new Set(['current_setting'])
/** What a table's name may stand under: the marts and the seeds, nothing of how the file is kept. */
const schemas = new Set(['', 'main', 'seed'])
const catalogs = new Set(['', 'mart'])

/**
 * The one SELECT of `sql`, prepared. DuckDB takes it apart (no text is searched): how many statements, of which type, and
 * which tables and table functions its parse tree names. Throws SqlRefused, and what DuckDB throws.
 */
export async function prepareSelect(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const extracted = await connection.extractStatements(sql)
  if (extracted.count !== 1) throw refused(`Found ${extracted.count} statements, expected one SELECT. ${onePivot(sql)}`)
  checkTree(sql, await parseTree(connection, sql), await systemViews(connection))
  const statement = await extracted.prepare(0)
  if (statement.statementType !== StatementType.SELECT)
    throw refused(`Found ${StatementType[statement.statementType]}, expected one SELECT. Nothing can be changed here.`)
  if (statement.parameterCount > 0)
    throw refused('Found parameters ($1, ?), expected values. Write the values where they stand.')
  return statement
}

const refused = (detail: string) => new SqlRefused('query_invalid', detail.trim())

/** A PIVOT without its values is taken apart into several statements. */
const onePivot = (sql: string): string =>
  /\bpivot\b/i.test(sql) ? 'A PIVOT has to list its values: PIVOT … ON column IN (…).' : ''

async function parseTree(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const skip = 'skip_null := true, skip_empty := true, skip_default := true'
  const reader = await connection.runAndReadAll(`select json_serialize_sql($sql::varchar, ${skip})`, { sql })
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as { error: boolean }
  if (tree.error) throw refused('Expected one SELECT (or WITH … SELECT). Nothing can be changed here.')
  return tree
}

/** Views that DuckDB brings along; they tell of its files and settings. */
async function systemViews(connection: DuckDBConnection): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    `select distinct view_name from duckdb_views() where internal and schema_name in ('main', 'pg_catalog')`,
  )
  return new Set(reader.getRows().map(([name]) => String(name)))
}

type TreeNode = {
  type?: unknown
  query_location?: number
  table_name?: string
  schema_name?: string
  catalog_name?: string
  function_name?: string
  function?: { function_name?: string }
}

function checkTree(sql: string, tree: unknown, hidden: ReadonlySet<string>): void {
  const open: unknown[] = [tree]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue
    checkNode(sql, node as TreeNode, hidden)
    for (const part of Object.values(node)) open.push(part)
  }
}

function checkNode(sql: string, node: TreeNode, hidden: ReadonlySet<string>): void {
  const place = placeOf(sql, node.query_location)
  if (node.type === 'TABLE_FUNCTION') {
    const name = String(node.function?.function_name)
    if (!tableFunctions.has(name.toLowerCase()))
      throw refused(`${place}The table function ${name} cannot be used here; ${[...tableFunctions].join(', ')} can.`)
  }
  if (node.type === 'FUNCTION' && hiddenFunctions.has(String(node.function_name).toLowerCase()))
    throw refused(`${place}The function ${node.function_name} cannot be used here.`)
  if (node.type === 'BASE_TABLE') {
    const { catalog_name: catalog = '', schema_name: schema = '', table_name: table = '' } = node
    const known = catalogs.has(catalog.toLowerCase()) && schemas.has(schema.toLowerCase())
    if (!known || hidden.has(table.toLowerCase()))
      throw refused(`${place}${table} is none of the marts' tables. GET /analytics/datasets lists them.`)
  }
}
