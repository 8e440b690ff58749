import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DatasetDescription } from '../application/datasets.ts'
import { queryOn } from './duckdb.ts'
import { createTables } from './mart-loading.ts'
import type { Models } from './models.ts'

/** What `npm run marts:compile` took of the dbt project. */
type Words = {
  schema: string
  name: string
  grain: string | null
  description: string
  columns: Record<string, string>
}

/** Made once: every space's marts have the same tables. Their types are asked of empty ones. */
export async function describeDatasets(models: Models): Promise<DatasetDescription[]> {
  const path = createRequire(import.meta.url).resolve('@pf/dbt/compiled/datasets.json')
  const words = JSON.parse(readFileSync(path, 'utf8')) as Words[]
  const columnsOf = await columnsByTable(models)
  return words.flatMap(({ schema, name, grain, description, columns }) => {
    const found = columnsOf.get(`${schema}.${name}`)
    // A model that only target `lake` has.
    if (found === undefined) return []
    return {
      // `main` is where a name without a schema is looked for.
      name: schema === 'main' ? name : `${schema}.${name}`,
      relation: `mart.${schema}.${name}`,
      isView: models.models.some((model) => model.name === name && model.refresh === 'view'),
      grain,
      description,
      columns: found.map((column) => ({ ...column, description: columns[column.name] ?? '' })),
    }
  })
}

async function columnsByTable(models: Models): Promise<Map<string, { name: string; type: string }[]>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    await connection.run(`attach ':memory:' as mart`)
    await createTables(connection, models, { unbuilt: false })
    const rows = await queryOn(connection)(
      `select schema_name || '.' || table_name as relation, column_name as name, data_type as type
      from duckdb_columns() where database_name = 'mart' order by relation, column_index`,
    )
    connection.closeSync()
    const byTable = Map.groupBy(rows, (row) => String(row['relation']))
    return new Map(
      [...byTable].map(([relation, columns]) => [
        relation,
        columns.map((row) => ({ name: String(row['name']), type: String(row['type']) })),
      ]),
    )
  } finally {
    instance.closeSync()
  }
}
