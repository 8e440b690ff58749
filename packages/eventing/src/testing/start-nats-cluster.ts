import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NatsConnection } from '@nats-io/transport-node'
import { eventually } from './eventually.ts'
import { freePorts } from './free-ports.ts'
import { endProcess, natsServerBinary, type TestNats } from './start-nats.ts'

type Member = { child: ChildProcess; port: number; config: string }

/**
 * Three nats-servers on 127.0.0.1 that are one cluster and force every message out (`sync_interval: always`), as production
 * has it. `kill` takes one of them, another one each time: the others go on; `signal` reaches all.
 */
export async function startNatsCluster(): Promise<TestNats> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-nats-cluster-'))
  const ports = await freePorts(6)
  const [clients, routes] = [ports.slice(0, 3), ports.slice(3)]
  const members: Member[] = []
  for (const [n, port] of clients.entries()) {
    const config = join(folder, `server-${n}.conf`)
    await writeFile(config, configOf(n, { folder, port, route: routes[n] ?? 0, routes }))
    members.push({ child: launch(config), port, config })
  }
  const servers = clients.map((port) => `127.0.0.1:${port}`)
  const connections: NatsConnection[] = []
  const connect = async (options: { reconnect: boolean }) => {
    // Specs that start no broker shall not load its client.
    const { connect: open } = await import('@nats-io/transport-node')
    return open({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50, reconnectJitter: 10, ...options })
  }
  let killed = 0
  await ready(() => connect({ reconnect: false }))
  return {
    url: servers.join(','),
    async connect() {
      const nc = await connect({ reconnect: true })
      connections.push(nc)
      return nc
    },
    kill: () => endProcess(members[killed % members.length]!.child, 'SIGKILL'),
    async restart() {
      const member = members[killed++ % members.length]!
      member.child = launch(member.config)
      await ready(() => connect({ reconnect: false }))
    },
    signal: (signal) => {
      for (const { child } of members) child.kill(signal)
    },
    async stop() {
      await Promise.all(connections.map((nc) => nc.close()))
      await Promise.all(members.map(({ child }) => endProcess(child, 'SIGKILL')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Place = { folder: string; port: number; route: number; routes: readonly number[] }

function configOf(n: number, { folder, port, route, routes }: Place): string {
  return `
    server_name: server-${n}
    listen: 127.0.0.1:${port}
    jetstream { store_dir: ${JSON.stringify(join(folder, `data-${n}`))}, sync_interval: always }
    cluster {
      name: pf
      listen: 127.0.0.1:${route}
      routes: [${routes.map((other) => `"nats://127.0.0.1:${other}"`).join(', ')}]
    }
  `
}

const launch = (config: string): ChildProcess => spawn(natsServerBinary(), ['-c', config], { stdio: 'ignore' })

/** All three are there and agree: a stream on three of them can be made, and goes again. */
async function ready(connect: () => Promise<NatsConnection>): Promise<void> {
  const { jetstreamManager } = await import('@nats-io/jetstream')
  await eventually(async () => {
    const nc = await connect()
    try {
      const jsm = await jetstreamManager(nc, { timeout: 2000 })
      await jsm.streams.add({ name: 'READY', subjects: ['ready'], num_replicas: 3 })
      const { cluster } = await jsm.streams.info('READY')
      if (cluster?.replicas?.some(({ current }) => !current)) throw new Error('A server is not up to date yet.')
      await jsm.streams.delete('READY')
    } finally {
      await nc.close()
    }
  }, 60_000)
}
