/**
 * One set of figures, three ways: what dbt itself builds from a lake, what the service makes of the same files at once, and what
 * it makes of them file by file, refreshing what each touches. Compared by digests; exits with 1 where a model differs.
 * The lake is the household's that an earlier version left (e2e/fixtures), or that of the data folder named: `dbt-parity.ts DIR`.
 * Needs what `npm run dbt` needs.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { queryOn } from '../src/adapters/duckdb.ts'
import { isMartDataset } from '../src/adapters/lake-tables.ts'
import { digestsOf } from '../src/adapters/mart-digest.ts'
import { openMartFile } from '../src/adapters/mart-file.ts'
import type { LocalFile } from '../src/adapters/mart-loading.ts'
import { loadModels } from '../src/adapters/models.ts'
import { defaultBounds } from '../src/bounds.ts'

type Digests = Record<string, string>
const checkout = resolve(import.meta.dirname, '../../..')
const fixture = join(checkout, 'e2e/fixtures/0005-numbers.tar.zst')
const [, , dataDir] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'pf-parity-'))
const lake = join(dataDir ?? folder, 'objects', 'lake')
const models = loadModels()

function unpack(): void {
  const { status } = spawnSync('tar', ['-x', '-C', folder, './objects/lake'], {
    input: zstdDecompressSync(readFileSync(fixture)),
  })
  if (status !== 0) throw new Error(`${fixture} could not be unpacked.`)
}

async function builtByDbt(): Promise<Digests> {
  const file = join(folder, 'mart.duckdb')
  const settings = [`PF_LAKE_DIR=${lake}`, `PF_DBT_FILE=${file}`, 'PF_EXCHANGE_RATES=none']
  const dbt = join(checkout, 'analytics/bin/dbt.mjs')
  const { status } = spawnSync('env', [...settings, process.execPath, dbt, 'build', '--quiet'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('dbt build failed; the lines above say where.')
  const instance = await DuckDBInstance.create(':memory:')
  try {
    const connection = await instance.connect()
    await connection.run(`set TimeZone = 'UTC'`)
    await connection.run(`attach '${file}' as mart (read_only)`)
    return await digestsOf(queryOn(connection), models)
  } finally {
    instance.closeSync()
  }
}

/** Syncs one after another: files of one day of ingestion and account carry one id. */
function lakeFiles(): LocalFile[] {
  const entries = readdirSync(lake, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path): LocalFile[] => {
      const key = path.slice(lake.length + 1)
      const dataset = key.split('/')[0] ?? ''
      return isMartDataset(dataset) ? [{ key, dataset, path, sha256: '', rows: 0, storageSeq: 1 }] : []
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function builtByTheService(name: string, steps: readonly LocalFile[][]): Promise<Digests> {
  const mart = await openMartFile(join(folder, `${name}.duckdb`), { models, bounds: defaultBounds, create: true })
  try {
    for (const [index, files] of steps.entries()) await mart.load(files, index + 1, new Date(0))
    return await mart.read((ask) => digestsOf(ask, models))
  } finally {
    await mart.close()
  }
}

try {
  if (dataDir === undefined) unpack()
  const files = lakeFiles()
  const bySync = [
    ...Map.groupBy(files, ({ key }) =>
      key
        .slice(key.lastIndexOf('/') + 1)
        .split('-')
        .slice(0, 5)
        .join('-'),
    ).values(),
  ]
  const expected = await builtByDbt()
  const ways = {
    'at once': await builtByTheService('once', [files]),
    'sync by sync': await builtByTheService('syncs', bySync),
  }
  const wrong = Object.entries(ways).flatMap(([way, digests]) =>
    Object.keys(expected)
      .filter((model) => digests[model] !== expected[model])
      .map((model) => `${model}: dbt ${expected[model]}, the service ${way} ${digests[model]}`),
  )
  process.stdout.write(
    wrong.length === 0
      ? `${Object.keys(expected).length} models are the same by dbt, at once, and in ${bySync.length} syncs\n`
      : `${wrong.join('\n')}\n`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
