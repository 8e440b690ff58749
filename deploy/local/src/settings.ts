import { randomBytes, randomInt } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'

export type Settings = {
  root: string
  dataDir: string
  apiPort: number
  webPort: number
  sandboxPort: number
  bind: string
  publicUrl: string
  sandbox: boolean
  /** One process for all services, or one each (as on Kubernetes). */
  apart: boolean
  dev: boolean
  natsBinary: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings of `npm start`; one error lists everything that is wrong with them. */
export function readSettings(root: string, env: Environment, dev: boolean): Settings {
  const wrong: string[] = []
  const port = (name: string, fallback: number): number => {
    const text = env[name] ?? String(fallback)
    const value = Number(text)
    if (Number.isInteger(value) && value > 0 && value < 65_536) return value
    wrong.push(`${name}: found ${JSON.stringify(text)}, expected a port between 1 and 65535`)
    return fallback
  }
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const text = env[name] ?? fallback
    const value = allowed.find((word) => word === text)
    if (value !== undefined) return value
    wrong.push(`${name}: found ${JSON.stringify(text)}, expected ${allowed.join(' or ')}`)
    return fallback
  }
  const webPort = port('PF_WEB_PORT', 3000)
  const settings: Settings = {
    root,
    dataDir: resolve(root, env['PF_DATA_DIR'] ?? '.data'),
    apiPort: port('PF_API_PORT', 8000),
    webPort,
    sandboxPort: port('PF_SANDBOX_PORT', 8010),
    bind: env['PF_BIND'] ?? '127.0.0.1',
    publicUrl: env['PUBLIC_URL'] ?? `http://localhost:${webPort}`,
    sandbox: oneOf('PF_SANDBOX', ['on', 'off'], 'on') === 'on',
    apart: oneOf('PF_SERVICES', ['together', 'apart'], 'together') === 'apart',
    dev,
    natsBinary: env['PF_NATS_SERVER'],
  }
  if (!URL.canParse(settings.publicUrl))
    wrong.push(`PUBLIC_URL: found ${JSON.stringify(settings.publicUrl)}, expected a URL`)
  if (wrong.length > 0) throw new Error(`These settings are wrong:\n  ${wrong.join('\n  ')}`)
  return settings
}

export type Folders = { run: string; logs: string; nats: string; postgres: string; sandbox: string; secrets: string }

const leastFreeBytes = 300 * 1024 * 1024

/** Makes the data folder. Throws, in words, where it cannot be written or the disk is nearly full. */
export function makeFolders(dataDir: string): Folders {
  const folders = {
    run: join(dataDir, 'run'),
    logs: join(dataDir, 'logs'),
    nats: join(dataDir, 'nats'),
    postgres: join(dataDir, 'postgres'),
    sandbox: join(dataDir, 'sandbox'),
    secrets: join(dataDir, 'secrets'),
  }
  try {
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
    for (const folder of [folders.secrets, folders.nats, folders.run, folders.logs]) chmodSync(folder, 0o700)
  } catch (cause) {
    throw new Error(`The data folder ${dataDir} cannot be written. Set PF_DATA_DIR to one that can.`, { cause })
  }
  const disk = statfsSync(dataDir)
  const free = disk.bavail * disk.bsize
  if (free < leastFreeBytes) {
    throw new Error(
      `The disk of ${dataDir} has only ${Math.round(free / 1024 / 1024)} MB left; at least 300 MB are needed. Make room, then start again.`,
    )
  }
  return folders
}

/** For our own eyes. */
export function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A secret of this installation, made at the first start. */
export function secretIn(folder: string, name: string): string {
  const path = join(folder, name)
  if (!existsSync(path)) {
    // Whole or not at all: a start that is killed here, or loses its power, leaves no half of a secret.
    writeFileSync(`${path}.new`, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
  }
  return readFileSync(path, 'utf8')
}

/** Throws where somebody else listens there already. */
export async function assertFree(port: number, host: string, setting: string): Promise<void> {
  const hindrance = await whyNotListen(port, host)
  if (hindrance === undefined) return
  const why = hindrance === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${hindrance})`
  throw new Error(`Port ${port} on ${host} ${why}. Stop what uses it, or choose another port with ${setting}.`)
}

/**
 * A port that is free now, below those that a kernel gives out by itself: a server there can start again on its port, which no
 * outgoing connection took meanwhile, and no client that tries to reach it connects to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if ((await whyNotListen(port, '127.0.0.1')) === undefined) return port
  }
}

function whyNotListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve_) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve_(error.code ?? error.message))
    probe.listen(port, host, () => probe.close(() => resolve_(undefined)))
  })
}
