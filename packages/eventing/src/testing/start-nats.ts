import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NatsConnection } from '@nats-io/transport-node'
import { onContainers, signalContainer, startAgain, startContainer } from './containers.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-ports.ts'

export type TestNats = {
  url: string
  connect(): Promise<NatsConnection>
  /** SIGKILL; the data stay. */
  kill(): Promise<void>
  /** On the same port and data, after a kill. */
  restart(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Closes the connections, ends the server, removes the data. */
  stop(): Promise<void>
}

export type TestNatsOptions = {
  /** More of its configuration file: its users, say. */
  config?: string
  env?: Readonly<Record<string, string>>
  /** Who `connect` is, where there are users. */
  as?: { user: string; pass: string }
}

/**
 * A nats-server of the spec's own on 127.0.0.1: a container (PF_TEST_SERVERS), or the program `PF_NATS_SERVER`, else on the path, else
 * what `npm start` fetched.
 */
export async function startNats(options: TestNatsOptions = {}): Promise<TestNats> {
  return onContainers() ? startInContainer(options) : startProgram(options)
}

async function startInContainer(options: TestNatsOptions): Promise<TestNats> {
  const [port = 0] = await freePorts(1)
  const container = await startContainer({
    service: 'nats',
    // The same one after a restart.
    ports: [{ container: 4222, host: port }],
    command: ['-c', '/etc/nats/spec.conf', '-js', '-sd', '/data'],
    ...(options.env && { environment: options.env }),
    files: { '/etc/nats/spec.conf': options.config ?? '' },
    ready: (wait) => wait.forLogMessage(/Server is ready/),
  })
  const { connect, close } = connecting(`${container.getHost()}:${port}`, options)
  return {
    url: `${container.getHost()}:${port}`,
    connect,
    kill: () => signalContainer(container, 'SIGKILL'),
    async restart() {
      await startAgain(container)
      await eventually(async () => (await connect()).close(), 15_000)
    },
    signal: (signal) => void signalContainer(container, signal),
    async stop() {
      await close()
      await container.stop()
    },
  }
}

async function startProgram(options: TestNatsOptions): Promise<TestNats> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-nats-'))
  await writeFile(join(folder, 'nats.conf'), options.config ?? '')
  let server = await launch(folder, -1, options)
  const { port } = server
  const url = `127.0.0.1:${port}`
  const { connect, close } = connecting(url, options)
  return {
    url,
    connect,
    kill: () => endProcess(server.child, 'SIGKILL'),
    async restart() {
      server = await launch(folder, port, options)
    },
    signal: (signal) => void server.child.kill(signal),
    async stop() {
      await close()
      await endProcess(server.child, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function connecting(url: string, { as }: TestNatsOptions) {
  const connections: NatsConnection[] = []
  return {
    async connect() {
      // Specs that start no broker shall not load its client.
      const { connect } = await import('@nats-io/transport-node')
      const patience = { maxReconnectAttempts: -1, reconnectTimeWait: 50, reconnectJitter: 10 }
      const nc = await connect({ servers: url, ...as, ...patience })
      connections.push(nc)
      return nc
    },
    close: () => Promise.all(connections.map((nc) => nc.close())),
  }
}

export function natsServerBinary(): string {
  const cache = join(import.meta.dirname, '../../../../.cache')
  const fetched = [join(cache, 'nats/bin/nats-server'), join(cache, 'bin/nats-server')]
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'nats-server'))
  const found = [process.env['PF_NATS_SERVER'] ?? '', ...onPath, ...fetched].find(
    (file) => file !== '' && existsSync(file),
  )
  if (found) return found
  throw new Error(
    'No nats-server: set PF_NATS_SERVER to one of 2.14 or newer, or run `npm start` once, which fetches it.',
  )
}

async function launch(
  folder: string,
  port: number,
  { env = {}, as }: TestNatsOptions,
): Promise<{ child: ChildProcess; port: number }> {
  const args = [
    '-c',
    join(folder, 'nats.conf'),
    '-a',
    '127.0.0.1',
    '-p',
    String(port),
    '-js',
    '-sd',
    join(folder, 'data'),
    '--ports_file_dir',
    folder,
  ]
  const child = spawn(natsServerBinary(), args, { stdio: 'ignore', env: { ...process.env, ...env } })
  const { connect } = await import('@nats-io/transport-node')
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}.`)
    const file = (await readdir(folder)).find((name) => name.endsWith(`_${child.pid}.ports`))
    const ports: { nats: string[] } = JSON.parse(await readFile(join(folder, file ?? 'not-yet.ports'), 'utf8'))
    const found = Number(new URL(ports.nats[0] ?? '').port)
    const nc = await connect({ servers: `127.0.0.1:${found}`, timeout: 1000, reconnect: false, ...as })
    await nc.close()
    return found
  }
  return { child, port: await eventually(ready, 15_000) }
}

export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
