/**
 * What `npm start` and `npm test` need before anything of ours can run: packages installed, sources built. Runs on
 * Node 20 with nothing installed yet, so it uses Node's own modules only.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
export const node = join(root, 'node_modules', 'node', 'bin', 'node')
const cache = join(root, '.cache')
const sources = [
  'contracts',
  'packages',
  'services',
  'gateway',
  'web-angular',
  'deploy/local',
  'tsconfig.base.json',
  'package-lock.json',
]
const skipped = new Set(['node_modules', 'dist', '.angular', '.nx', 'goldens', 'out'])

const tell = (line) => process.stdout.write(`${line}\n`)
export function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** Changes whenever a source is edited, added or taken away; reads no file's content, so it costs milliseconds. */
function digestOfSources() {
  const digest = createHash('sha256')
  const walk = (path) => {
    const stat = statSync(path)
    if (!stat.isDirectory()) return digest.update(`${path} ${stat.size} ${stat.mtimeMs}\n`)
    for (const name of readdirSync(path).sort()) if (!skipped.has(name)) walk(join(path, name))
  }
  for (const path of sources) walk(join(root, path))
  return digest.digest('hex')
}

const stamp = (name) => (existsSync(join(cache, name)) ? readFileSync(join(cache, name), 'utf8') : '')
const remember = (name, digest) => writeFileSync(join(cache, name), digest)

/** Runs one step; its output is shown only where it fails. */
function step(command, args, hint) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.status === 0) return
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-40).join('\n')
  fail(`${said}\n\n${command} ${args.join(' ')} failed. ${hint}`)
}

/** `say` hears what takes a while; stdout unless told. */
export function prepare(say = tell) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.versions.node} is too old to start with: install Node 20 or newer.`)
  mkdirSync(cache, { recursive: true })
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (stamp('installed') !== lock || !existsSync(node)) {
    say('Installing packages (a minute or two, the first time only) …')
    step('npm', ['ci', '--no-audit', '--no-fund'], 'Can npm reach its registry from here?')
    remember('installed', lock)
  }
  if (stamp('built') !== digestOfSources() || !existsSync(join(root, 'deploy', 'local', 'dist', 'supervise.js'))) {
    say('Building what changed …')
    step('npm', ['run', '--silent', 'build'], 'The lines above say what does not build.')
    remember('built', digestOfSources())
  }
}
