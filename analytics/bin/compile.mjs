// Writes dbt's own compiled SQL of target `service` to analytics/compiled: `full/` for everything, `touched/` for what is new
// (macros/touched.sql), `models.json`: in which order they run and what each becomes, `datasets.json`: what
// the owner may ask by SQL, and `catalog.json`: what each model, seed and source holds. Committed; the same every time.
//   npm run marts:compile            writes
//   npm run marts:compile -- --check exits with 1 where the committed files differ
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dbt } from './dbt.mjs'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(project, 'compiled')

function compile(touched) {
  const output = mkdtempSync(join(tmpdir(), 'pf-compile-'))
  process.env.PF_DBT_FILE = join(output, 'mart.duckdb')
  try {
    const args = ['compile', '--quiet', '--no-partial-parse', '--vars', JSON.stringify({ touched })]
    if (dbt(args, { target: 'service', output, quiet: true }) !== 0) throw new Error('dbt compile failed.')
    const manifest = JSON.parse(readFileSync(join(output, 'target', 'manifest.json'), 'utf8'))
    const nodes = Object.values(manifest.nodes).filter(
      (node) => node.resource_type === 'model' && node.config.materialized !== 'ephemeral',
    )
    const models = inOrder(nodes, manifest).map((node) => ({
      name: node.name,
      schema: node.schema,
      // `view`; `once`: made of seeds; `whole`: all of it, every time; else what is written anew of it: the touched ones of these.
      refresh: node.config.materialized === 'view' ? 'view' : (node.config.meta.refresh ?? 'whole'),
      sql: `${node.compiled_code.trim()}\n`,
    }))
    return { models, datasets: datasetsOf(manifest), catalog: catalogOf(manifest) }
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

/** What the owner may ask by SQL, in the words of the project's yml files and of each model's first line. */
function datasetsOf(manifest) {
  return Object.values(manifest.nodes)
    .filter(
      (node) => node.resource_type === 'seed' || (node.resource_type === 'model' && /^(dim|fct)_/.test(node.name)),
    )
    .map(({ schema, name, raw_code = '', description, columns }) => ({
      schema,
      name,
      grain: /^-- grain: (.+)/.exec(raw_code)?.[1] ?? null,
      description,
      columns: Object.fromEntries(Object.values(columns).map((column) => [column.name, column.description])),
    }))
    .sort((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1))
}

/** What is described, as it is described; `grain` is the first line of a model. */
function catalogOf({ nodes, sources }) {
  const described = [...Object.values(nodes), ...Object.values(sources)].filter(({ resource_type }) =>
    ['model', 'seed', 'source'].includes(resource_type),
  )
  return described
    .map((node) => ({
      name: node.name,
      kind: node.resource_type,
      folder: node.resource_type === 'model' ? node.fqn.at(-2) : node.schema,
      grain: /^-- grain: (.+)/.exec(node.raw_code ?? '')?.[1] ?? null,
      description: node.description.trim(),
      columns: Object.values(node.columns).map(({ name, description }) => ({ name, description })),
    }))
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1))
}

/** Models after what they read, by name where that leaves a choice. */
function inOrder(nodes, manifest) {
  const placed = []
  const waiting = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1))
  const ids = new Set(nodes.map((node) => node.unique_id))
  const reads = (id, seen = new Set()) => {
    for (const parent of manifest.parent_map[id]) {
      if (seen.has(parent)) continue
      seen.add(parent)
      reads(parent, seen)
    }
    return seen
  }
  while (waiting.length > 0) {
    const done = new Set(placed.map((node) => node.unique_id))
    const next = waiting.findIndex((node) => [...reads(node.unique_id)].every((id) => !ids.has(id) || done.has(id)))
    if (next < 0) throw new Error('The models read each other in a circle.')
    placed.push(...waiting.splice(next, 1))
  }
  return placed
}

function files() {
  const { models: full, datasets, catalog } = compile(false)
  const { models: touched } = compile(true)
  const written = new Map()
  for (const { name, sql } of full) written.set(`full/${name}.sql`, sql)
  for (const { name, refresh, sql } of touched)
    if (!['view', 'once', 'whole'].includes(refresh)) written.set(`touched/${name}.sql`, sql)
  const models = full.map(({ name, schema, refresh }) => ({ name, schema, refresh }))
  written.set('models.json', `${JSON.stringify(models, null, 2)}\n`)
  written.set('datasets.json', `${JSON.stringify(datasets, null, 2)}\n`)
  written.set('catalog.json', `${JSON.stringify(catalog, null, 2)}\n`)
  return written
}

function committed() {
  const found = new Map()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      found.set(path.slice(folder.length + 1), readFileSync(path, 'utf8'))
    }
  return found
}

const fresh = files()
if (process.argv.includes('--check')) {
  const stale = committed()
  const names = [...new Set([...fresh.keys(), ...stale.keys()])].filter((name) => fresh.get(name) !== stale.get(name))
  for (const name of names.sort()) console.error(`analytics/compiled/${name} differs from its model`)
  if (names.length > 0) console.error('Run `npm run marts:compile` and commit the result.')
  process.exitCode = names.length > 0 ? 1 : 0
} else {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of fresh) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  console.log(`${fresh.size} files in analytics/compiled`)
}
