import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { defaultBounds } from '../bounds.ts'
import { openLakeFolder } from '../testing/lake.ts'
import { isReadWhenAsked, lakeTables, martDatasets } from './lake-tables.ts'
import { openMartFile } from './mart-file.ts'
import { loadModels } from './models.ts'

type Described = {
  name: string
  kind: 'model' | 'seed' | 'source'
  folder: string
  grain: string | null
  description: string
  columns: { name: string; description: string }[]
}

const models = loadModels()
const path = createRequire(import.meta.url).resolve('@pf/dbt/compiled/catalog.json')
const catalog = JSON.parse(readFileSync(path, 'utf8')) as Described[]
const columnsOf = ({ columns }: Described): string[] => columns.map(({ name }) => name).sort()

describe('what the marts hold, in words', () => {
  it.each(catalog.map((one) => [`${one.kind} ${one.name}`, one] as const))(
    'describes %s and all its columns',
    (_, one) => {
      expect(one.description.length).toBeGreaterThan(10)
      expect(one.columns.length).toBeGreaterThan(0)
      expect(one.columns.filter(({ description }) => description.trim() === '').map(({ name }) => name)).toEqual([])
    },
  )

  it('says on the first line of each model what one row is', () => {
    expect(catalog.filter(({ kind, grain }) => kind === 'model' && grain === null).map(({ name }) => name)).toEqual([])
  })

  it('makes no table of what is read when asked, nor of a view that reads it', () => {
    const readers = models.models.filter(({ full }) => /"lake"\."(?:syncs|held)"|fct_sync_health/.test(full))
    expect(readers.map(({ name, refresh }) => `${name}: ${refresh}`)).toEqual(['fct_sync_health: view'])
    expect(martDatasets.filter(isReadWhenAsked)).toEqual(['syncs', 'held'])
  })

  it('names the columns that the tables of a mart file have, no more and no less', async () => {
    const lake = await openLakeFolder()
    const mart = await openMartFile(join(lake.path, 'mart.duckdb'), { models, bounds: defaultBounds, create: true })
    try {
      const found = await mart.read((ask) =>
        ask(`select schema_name || '.' || table_name as relation, list(column_name order by column_name) as columns
          from (
            select schema_name, table_name, column_name from duckdb_columns() where database_name = 'mart'
          )
          where schema_name in ('main', 'seed')
          group by all order by relation`),
      )
      const here = Object.fromEntries(found.map((row) => [row['relation'], row['columns']]))
      const relations = new Set(Object.keys(here))
      const said = catalog.flatMap((one): [string, string[]][] => {
        const relation = `${one.kind === 'seed' ? 'seed' : 'main'}.${one.name}`
        return one.kind !== 'source' && relations.has(relation) ? [[relation, columnsOf(one)]] : []
      })
      expect(Object.fromEntries(said)).toEqual(here)
    } finally {
      await mart.close()
      lake.remove()
    }
  })

  it('names the columns of the lake that marts are made from', () => {
    const sources = catalog.filter(({ kind }) => kind === 'source')
    expect(Object.fromEntries(sources.map((one) => [one.name, columnsOf(one)]))).toEqual(
      Object.fromEntries(martDatasets.map((dataset) => [dataset, Object.keys(lakeTables[dataset]).sort()])),
    )
  })
})
