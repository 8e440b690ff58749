// Runs dbt in a virtual environment of its own under .cache/dbt, made on first use.
//   npm run dbt -- build                       the lake of PF_LAKE_DIR (default <PF_DATA_DIR>/objects/lake), one space
//   npm run dbt -- test --select fct_transactions
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const checkout = resolve(project, '..')
const cache = join(checkout, '.cache')
// dbt-core 1.12 needs a part that is downloaded from outside the registry; DuckDB has to open what Node's 1.5 wrote.
const pins = ['dbt-core~=1.11.0', 'dbt-duckdb~=1.11.0', 'duckdb~=1.5.0']

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (error) throw new Error(`${command} could not be started: ${error.message}`)
  return status ?? 1
}

function environment() {
  const folder = join(cache, 'dbt')
  const dbt = join(folder, 'bin', 'dbt')
  if (existsSync(dbt)) return dbt
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (!python) throw new Error('dbt needs Python 3.10 or newer with venv; none was found on the PATH. Install python3.')
  mkdirSync(cache, { recursive: true })
  const unfinished = `${folder}.${process.pid}`
  console.log('dbt: making its environment under .cache/dbt (about a minute, once)')
  const made =
    run(python, ['-m', 'venv', unfinished]) === 0 &&
    run(join(unfinished, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...pins]) === 0
  if (!made) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(`dbt could not be installed (${pins.join(' ')}); the lines above say why.`)
  }
  // Its scripts name the folder they were made in, which is why dbt is started through its interpreter below.
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  return dbt
}

/** Environment variables for profiles.yml and sources.yml. */
export function settings(target) {
  const data = resolve(checkout, process.env.PF_DATA_DIR ?? '.data')
  const lake = resolve(process.env.PF_LAKE_DIR ?? join(data, 'objects', 'lake'))
  // Its name is the catalog's: compiled SQL says "mart".
  const file = process.env.PF_DBT_FILE ?? join(cache, 'dbt-marts', target, 'mart.duckdb')
  mkdirSync(dirname(file), { recursive: true })
  // The installation's own exchange rates instead of the seed, as services/analytics takes them.
  const rates = resolve(process.env.PF_EXCHANGE_RATES ?? join(data, 'exchange_rates.csv'))
  const space = process.env.PF_SPACE ?? onlySpace(lake)
  // A lake of before there were logs of syncs is read without them; a glob that finds nothing is an error to DuckDB.
  const syncs = join(lake, 'syncs', space === '*' ? '' : `space=${space}`)
  return {
    PF_LAKE_DIR: lake,
    PF_LAKE_SYNCS: existsSync(syncs) ? 'yes' : '',
    PF_DBT_FILE: file,
    PF_SPACE: space,
    PF_EXCHANGE_RATES: existsSync(rates) ? rates : '',
  }
}

function onlySpace(lake) {
  const folder = join(lake, 'decisions')
  const spaces = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('space=')) : []
  if (spaces.length > 1)
    throw new Error(`The lake holds ${spaces.length} spaces; name one by PF_SPACE:\n  ${spaces.join('\n  ')}`)
  return spaces[0]?.slice('space='.length) ?? '*'
}

/** Runs dbt; answers its exit code. Target and log folders stay out of the project. */
export function dbt(args, { target = 'lake', output = join(cache, 'dbt-marts', target), quiet = false } = {}) {
  const folders = { DBT_TARGET_PATH: join(output, 'target'), DBT_LOG_PATH: join(output, 'logs') }
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', ...settings(target), ...folders }
  const python = join(dirname(environment()), 'python')
  const places = ['--project-dir', project, '--profiles-dir', project, '--target', target]
  return run(python, ['-c', 'from dbt.cli.main import cli; cli()', ...args, ...places], {
    cwd: project,
    env,
    stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = dbt(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
