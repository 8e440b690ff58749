#!/usr/bin/env node
/**
 * `make up-backend`, `make up-pipeline`: services by name, outside of containers and started anew whenever their compiled
 * code changes, on the stores that `make up-db` runs. Their passwords are copied out of the volumes, for this user alone.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

const root = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..')
const names = process.argv.slice(2)
const own = join(root, '.data', 'development')
const firstHealthPort = 9101

function written(path) {
  try {
    return parseEnv(readFileSync(join(root, path), 'utf8'))
  } catch {
    process.stderr.write(`${path} is not there. Run \`make setup\`, then \`make up-db\`.\n`)
    process.exit(1)
  }
}

/** What a volume holds, below `own`. */
function copyOut(volume) {
  const into = join(own, volume)
  mkdirSync(into, { recursive: true, mode: 0o700 })
  const from = `/var/lib/personal-finances/${volume}`
  const named = `${infrastructure.COMPOSE_PROJECT_NAME ?? 'personal-finances'}-development_${volume}`
  const image = `personal-finances/services:${infrastructure.PF_VERSION ?? 'dev'}`
  // Looked for first: docker would make one of that name, with nothing in it.
  const isThere = spawnSync('docker', ['volume', 'inspect', named], { stdio: 'ignore' }).status === 0
  const tar = ['--entrypoint', 'tar', image, '-C', from, '-cf', '-', '.']
  const packed = isThere
    ? spawnSync('docker', ['run', '--rm', '--network', 'none', '--volume', `${named}:${from}:ro`, ...tar], {
        maxBuffer: 16 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    : { status: 1 }
  const unpack = ['-C', into, '-xf', '-', '--no-same-owner']
  if (packed.status !== 0 || spawnSync('tar', unpack, { input: packed.stdout }).status !== 0) {
    process.stderr.write(`The volume ${volume} could not be read. Does \`make up-db\` run?\n`)
    process.exit(1)
  }
  return into
}

const infrastructure = written('.env.compose')
const settings = written('services/.env')
const secrets = copyOut('secrets')
const masterKey = join(copyOut('master'), 'master.key')
const port = (name, fallback) => infrastructure[name] ?? fallback

const environmentOf = (name, index) => ({
  ...process.env,
  ...settings,
  NATS_URL: `nats://127.0.0.1:${port('NATS_PORT', 4222)}`,
  PF_NATS_SECRETS: join(secrets, name, 'broker'),
  DATABASE_URL: `postgresql://127.0.0.1:${port('POSTGRES_PORT', 5432)}/pf`,
  PF_DATABASE_SECRETS: join(secrets, name, 'database'),
  OBJECT_STORE_URL: `s3://personal-finances?endpoint=${encodeURIComponent(`http://127.0.0.1:${port('S3_PORT', 8333)}`)}&region=local`,
  AWS_ACCESS_KEY_ID: infrastructure.S3_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY: infrastructure.S3_SECRET_ACCESS_KEY,
  PF_MASTER_KEY_FILE: masterKey,
  PF_DATA_DIR: own,
  PF_HEALTH_PORT: String(firstHealthPort + index),
  PF_API_PORT: port('PF_API_PORT', '8000'),
  // Angular's own server has the web's port, and asks the gateway at the API's.
  PF_WEB_PORT: '3001',
  PUBLIC_URL: infrastructure.PUBLIC_URL,
  PF_SANDBOX: infrastructure.PF_SANDBOX,
  PF_SANDBOX_URL: infrastructure.PF_SANDBOX_PUBLIC_URL,
  NODE_ENV: 'development',
})

const node = join(root, 'node_modules', 'node', 'bin', 'node')
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const first = spawnSync(node, [tsc, '-b'], { cwd: root, stdio: 'inherit' })
if (first.status !== 0) process.exit(1)
const running = [[tsc, '-b', '--watch', '--preserveWatchOutput']].map((args) =>
  spawn(node, args, { cwd: root, stdio: 'inherit' }),
)
for (const [index, name] of names.entries()) {
  const main = join(root, name === 'gateway' ? 'gateway' : join('services', name), 'dist', 'main.js')
  running.push(
    spawn(node, ['--watch', '--watch-preserve-output', '--enable-source-maps', main], {
      cwd: own,
      env: environmentOf(name, index),
      stdio: 'inherit',
    }),
  )
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal)
  })
}
