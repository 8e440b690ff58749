import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type CommandHandler,
  createCommandHandler,
  type EventLog,
  type Sealer,
  systemClock,
  systemIds,
} from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { startNats } from '@pf/eventing/testing'
import { createMemoryVault } from '@pf/vault/memory'
import { type Note, type NotedEvent, type Sample, sample } from './sample.ts'

export type Samples = CommandHandler<Sample, Note, NotedEvent>

/** A broker of its own, the log on it, the vault's real sealing, and the bare client beside. */
export type House = {
  nc: NatsConnection
  js: JetStreamClient
  jsm: JetStreamManager
  log: EventLog
  sealer: Sealer
  spaceId: string
  /** A command handler that remembers nothing yet. */
  handler(parts?: { maxCachedBytes?: number; log?: EventLog; definition?: typeof sample }): Samples
  close(): Promise<void>
}

export async function openHouse(): Promise<House> {
  const nats = await startNats()
  const nc = await nats.connect()
  const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['storage'] })
  const { keys } = createMemoryVault()
  const spaceId = systemIds.uuid()
  await keys.createSpaceKey(spaceId)
  return {
    nc,
    js: jetstream(nc),
    jsm: await jetstreamManager(nc),
    log,
    sealer: keys,
    spaceId,
    handler: ({ definition = sample, ...parts } = {}) =>
      createCommandHandler(definition, { log, sealer: keys, clock: systemClock, ids: systemIds, ...parts }),
    close: () => nats.stop(),
  }
}

/** Runs `work` for 0 … count − 1, so many at a time. */
export async function inParallel(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let n = next++; n < count; n = next++) await work(n)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane))
}

export async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** With what this process took of the processor meanwhile, all threads: on a busy machine the better measure. */
export async function spent(work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const before = process.cpuUsage()
  const ms = await elapsedMs(work)
  const { user, system } = process.cpuUsage(before)
  return { ms, cpuMs: (user + system) / 1000 }
}
