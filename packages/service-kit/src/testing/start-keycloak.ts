import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePorts } from '@pf/eventing/testing'

/** A real Keycloak of a spec's own with our realm in it, on 127.0.0.1. */
export type TestKeycloak = {
  /** As browsers and services reach it. */
  url: string
  realm: 'personal-finances'
  gatewaySecret: string
  adminSecret: string
  /** A call of Keycloak's own Admin REST in our realm, as its administrator; answers what it said. */
  admin<T>(method: string, path: string, body?: object): Promise<T>
  /** Ends it; what it knows stays. */
  stop(): Promise<void>
  /** On the same ports and data, after a stop. */
  restart(): Promise<void>
  /** Ends it and removes what it knew. */
  end(): Promise<void>
}

export type TestKeycloakOptions = {
  /** Where browsers reach our web, and Keycloak our API. */
  webUrl: string
  apiUrl: string
}

const root = join(import.meta.dirname, '../../../..')
const readyWithinMs = 120_000

/** `PF_KEYCLOAK`, else what `npm test` made ready in `.cache`; undefined where there is none. */
export function keycloakFolder(): string | undefined {
  const folders = [process.env['PF_KEYCLOAK'] ?? '', join(root, '.cache/keycloak')]
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'ready')))
}

/**
 * Copies the tables that were made once (H2: nothing of ours depends on which database Keycloak has, and a copied file is
 * quicker than a schema made anew in PostgreSQL), and starts it by the script that operators use.
 */
export async function startKeycloak(folder: string, options: TestKeycloakOptions): Promise<TestKeycloak> {
  const data = await mkdtemp(join(tmpdir(), 'pf-keycloak-'))
  await copyFile(join(folder, 'h2', 'keycloak.mv.db'), join(data, 'keycloak.mv.db'))
  const [port = 0, management = 0] = await freePorts(2)
  const url = `http://localhost:${port}`
  const secrets = { gatewaySecret: 'secret-of-the-gateway', adminSecret: 'secret-of-the-admin' }
  const launch = () => run(folder, data, { port, management, url, secrets, options })
  let child = await launch()
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  return {
    url,
    realm: 'personal-finances',
    ...secrets,
    admin: (method, path, body) => asAdministrator({ url, password: 'admin' }, method, path, body),
    stop,
    async restart() {
      child = await launch()
    },
    async end() {
      await stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

type Launch = {
  port: number
  management: number
  url: string
  secrets: { gatewaySecret: string; adminSecret: string }
  options: TestKeycloakOptions
}

async function run(folder: string, data: string, launch: Launch): Promise<ChildProcess> {
  const { port, management, url, secrets, options } = launch
  const listening = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`]
  const managed = ['--http-management-host=127.0.0.1', `--http-management-port=${management}`]
  const args = ['--optimized', `--hostname=${url}`, '--cache=local', ...listening, ...managed]
  const child = spawn(join(root, 'deploy/keycloak/start.sh'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      KEYCLOAK_HOME: join(folder, 'home'),
      KC_DB_URL: `jdbc:h2:file:${join(data, 'keycloak')};NON_KEYWORDS=VALUE`,
      PF_KEYCLOAK_GATEWAY_SECRET: secrets.gatewaySecret,
      PF_KEYCLOAK_ADMIN_SECRET: secrets.adminSecret,
      PF_KEYCLOAK_WEB_URL: options.webUrl,
      PF_KEYCLOAK_API_URL: options.apiUrl,
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx256m',
      JAVA_OPTS_APPEND: `-XX:SharedArchiveFile=${join(folder, 'classes.jsa')} -XX:TieredStopAtLevel=1`,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-4_000)
    })
  }
  const deadline = Date.now() + readyWithinMs
  // The port answers, and the log says "started", before the realm is imported.
  while (!(await answers(`http://127.0.0.1:${management}/health/ready`))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await wait(50)
      continue
    }
    child.kill('SIGKILL')
    throw new Error(`keycloak_not_started: ${child.exitCode === null ? 'not ready in time' : 'it ended'}: ${said}`)
  }
  return child
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

/** A call of the Admin REST in our realm of the Keycloak at `url`, as `admin`. */
export async function asAdministrator<T>(
  { url, password }: { url: string; password: string },
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const grant = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password }
  const granted = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(grant),
  })
  const { access_token } = (await granted.json()) as { access_token: string }
  const answer = await fetch(`${url}/admin/realms/personal-finances${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: found ${answer.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
