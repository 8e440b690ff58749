import type { DuckDBConnection } from '@duckdb/node-api'
import type { KnownFile } from '../application/ports.ts'
import { inTransaction, parquet, queryOn, quoted } from './duckdb.ts'
import { isReadWhenAsked, lakeTables, type MartDataset, martDatasets } from './lake-tables.ts'
import { kindOf } from './mart-building.ts'
import { demoAccounts, refreshAll, refreshTouched } from './mart-refresh.ts'
import type { Models } from './models.ts'

/** A lake file on local disk, on its way into a mart. */
export type LocalFile = {
  key: string
  dataset: MartDataset
  path: string
  sha256: string
  rows: number
  storageSeq: number
  /** Names that nothing is loaded under any more: it holds their rows. */
  replaces?: readonly string[]
}

/** `touched`: what the files change of the marts; `later`: nothing, more files are to come, or all marts are built. */
export type Refresh = 'touched' | 'later'

/**
 * Decisions of a load from which on marts are written anew as a whole: a bank's history, row by row, would stand behind the rows of
 * other accounts, and whoever asks for some days would read them all.
 */
const largeLoad = 20_000

/** An empty mart: schemas, tables, seeds; and every model over no rows, unless they are `unbuilt` (mart-building.ts). */
export async function createTables(
  writer: DuckDBConnection,
  { models, seeds, version }: Models,
  { unbuilt }: { unbuilt: boolean },
): Promise<void> {
  await inTransaction(writer, 'begin transaction', async () => {
    for (const schema of ['lake', 'seed', 'meta']) await writer.run(`create schema mart.${schema}`)
    for (const dataset of martDatasets) {
      const columns = Object.entries(lakeTables[dataset]).map(([name, type]) => `${name} ${type}`)
      await writer.run(`create table mart.lake.${dataset} (${columns.join(', ')})`)
    }
    for (const { relation, path, columns } of seeds) {
      const types = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`)
      const source = `read_csv(${quoted(path)}, header = true, columns = {${types.join(', ')}})`
      await writer.run(`create table ${relation} as select * from ${source}`)
    }
    await writer.run(
      'create table mart.meta.files (key varchar, dataset varchar, sha256 varchar, row_count bigint, storage_seq bigint)',
    )
    await writer.run('create table mart.meta.replaced (key varchar)')
    await writer.run(
      'create table mart.meta.state (version varchar, storage_seq bigint, built_at timestamptz, changes bigint)',
    )
    await writer.run('insert into mart.meta.state values ($version, 0, null, 0)', { version })
    if (unbuilt) return
    for (const model of models) await writer.run(`create ${kindOf(model)} ${model.relation} as ${model.full}`)
  })
}

/**
 * Inside the caller's transaction: loads the files that are not in the mart yet and refreshes what they touch. `swaps`: files
 * whose rows are in the mart under the names that they replace.
 */
export async function loadFiles(
  writer: DuckDBConnection,
  models: Models,
  files: readonly LocalFile[],
  refresh: Refresh,
  swaps: readonly KnownFile[] = [],
): Promise<{ files: number; months: string[] }> {
  const ask = queryOn(writer)
  const names = await ask('select key from mart.meta.files union all select key from mart.meta.replaced')
  const known = new Set(names.map((row) => row['key']))
  const fresh = files.filter(({ key }) => !known.has(key))
  const pathsOf = (dataset: MartDataset) => fresh.filter((file) => file.dataset === dataset).map(({ path }) => path)

  const decisions = pathsOf('decisions')
  const wasEmpty = (await ask('select 1 from mart.lake.decisions limit 1')).length === 0
  const describesAccounts = pathsOf('accounts').length > 0
  const demoBefore = describesAccounts ? await demoAccounts(ask) : ''
  for (const dataset of martDatasets) await loadDataset(writer, dataset, pathsOf(dataset))
  await recordFiles(writer, fresh)
  const renamed = swaps.filter(({ key }) => !known.has(key))
  const asLoaded = renamed.map(({ rowCount: rows, seq: storageSeq, ...file }) => ({ ...file, rows, storageSeq }))
  await recordFiles(writer, asLoaded)
  await dropNames(
    writer,
    [...fresh, ...renamed].flatMap(({ replaces }) => replaces ?? []),
  )

  if (refresh === 'later') return { files: fresh.length, months: [] }
  // Whether an account is a demo one decides what it pairs with, over all of its history.
  const demoChanged = async () => describesAccounts && (await demoAccounts(ask)) !== demoBefore
  const decided = fresh.reduce((sum, { dataset, rows }) => (dataset === 'decisions' ? sum + rows : sum), 0)
  const all = wasEmpty ? decisions.length > 0 : decided >= largeLoad || (await demoChanged())
  if (all) return { files: fresh.length, months: await refreshAll(writer, models) }
  // What is read when asked touches no table.
  if (fresh.every(({ dataset }) => isReadWhenAsked(dataset))) return { files: fresh.length, months: [] }
  return { files: fresh.length, months: await refreshTouched(writer, models, decisions) }
}

async function loadDataset(writer: DuckDBConnection, dataset: MartDataset, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return
  const columns = Object.entries(lakeTables[dataset]).map(([name, type]) => `cast(${name} as ${type}) as ${name}`)
  await writer.run(`insert into mart.lake.${dataset} by name select ${columns.join(', ')} from ${parquet(paths)}`)
}

async function recordFiles(
  writer: DuckDBConnection,
  files: readonly (Omit<LocalFile, 'dataset' | 'path'> & { dataset: string })[],
): Promise<void> {
  if (files.length === 0) return
  const values = files.flatMap(({ key, dataset, sha256, rows, storageSeq }) => [
    ...[key, dataset, sha256],
    ...[BigInt(rows), BigInt(storageSeq)],
  ])
  await writer.run(`insert into mart.meta.files values ${files.map(() => '(?, ?, ?, ?, ?)').join(', ')}`, values)
}

async function dropNames(writer: DuckDBConnection, replaced: readonly string[]): Promise<void> {
  if (replaced.length === 0) return
  for (const key of replaced) await writer.run('insert into mart.meta.replaced values ($key)', { key })
  await writer.run('delete from mart.meta.files where key in (select key from mart.meta.replaced)')
}
