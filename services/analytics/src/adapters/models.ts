import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { lakeTables } from './lake-tables.ts'

/** One model of the dbt project as dbt compiled it. `months` is the SQL limited to the months in variable `months`. */
export type Model = {
  name: string
  relation: string
  /** What a refresh does: nothing (a view), write the touched months anew, or write all of it anew. */
  refresh: 'view' | 'months' | 'whole'
  full: string
  months: string | undefined
}

export type Models = {
  /** In the order in which they run. */
  models: readonly Model[]
  seeds: readonly { relation: string; path: string; columns: Readonly<Record<string, string>> }[]
  /** Hash of everything that a mart's content depends on besides the lake: a file built by another one is built anew. */
  version: string
}

/** Rises when loading itself changes what stands in a mart file. */
const loaderVersion = 2

/** Reads `@pf/dbt`: the committed compilation and the seeds. */
export function loadModels(): Models {
  const folder = dirname(dirname(createRequire(import.meta.url).resolve('@pf/dbt/compiled/models.json')))
  const hash = createHash('sha256').update(JSON.stringify([loaderVersion, lakeTables]))
  const read = (path: string): string => {
    const text = readFileSync(join(folder, path), 'utf8')
    hash.update(`${path}\n${text}`)
    return text
  }
  const listed = JSON.parse(read('compiled/models.json')) as {
    name: string
    schema: string
    refresh: Model['refresh']
  }[]
  const models = listed.map(({ name, schema, refresh }) => ({
    name,
    relation: `mart.${schema}.${name}`,
    refresh,
    full: read(`compiled/full/${name}.sql`),
    months: refresh === 'months' ? read(`compiled/months/${name}.sql`) : undefined,
  }))
  const seeds = Object.entries(seedColumns).map(([name, columns]) => {
    read(`seeds/${name}.csv`)
    return { relation: `mart.seed.${name}`, path: join(folder, 'seeds', `${name}.csv`), columns }
  })
  return { models, seeds, version: hash.digest('hex') }
}

const seedColumns = {
  categories: { category: 'VARCHAR', name: 'VARCHAR', kind: 'VARCHAR', holds: 'VARCHAR' },
  category_rules: {
    priority: 'INTEGER',
    field: 'VARCHAR',
    direction: 'VARCHAR',
    pattern: 'VARCHAR',
    category: 'VARCHAR',
  },
}
