import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Clock, type Ids, systemClock, systemIds, systemTiming } from '@pf/eventing'
import {
  createMemoryDeadLetters,
  createMemoryLeases,
  createMemoryLog,
  createMemoryProjectionStore,
} from '@pf/eventing/memory'
import { openObjectStore } from '@pf/object-store'
import { type Random, systemRandom } from '@pf/vault'
import { beginErasureLedger, type ErasedScope, ledgerInMemory } from '@pf/vault/ledger'
import { createMemoryHolders, createMemoryVault } from '@pf/vault/memory'
import { createBusOn } from '../bus/bus.ts'
import { memoryWire } from '../bus/memory-wire.ts'
import { type PlatformConfig, platformConfig } from '../config/index.ts'
import { eraseService } from '../erasure/erase-service.ts'
import type { ErasureMark } from '../erasure/erasure-mark.ts'
import { createGate } from '../erasure/gate.ts'
import { createLogger } from '../logger.ts'
import { createMetrics, meteredLog } from '../metrics/index.ts'
import type { Platform } from '../platform.ts'
import { asSealer } from '../sealer.ts'

export { asAdministrator, startKeycloak, type TestKeycloak } from './start-keycloak.ts'
export { asSealer, createMetrics, eraseService }

export type MemoryPlatformOptions = {
  clock?: Clock
  ids?: Ids
  random?: Random
  config?: Partial<PlatformConfig>
}

/**
 * A platform without servers: log, read models, vault and bus in memory, objects in a folder under the system's temporary
 * one, which `close` removes. `nats` and `orm` are undefined. The environment is not read.
 */
export async function createMemoryPlatform(options: MemoryPlatformOptions = {}): Promise<Platform> {
  const { clock = systemClock, ids = systemIds, random = systemRandom } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-memory-'))
  const objectStoreUrl = pathToFileURL(join(dataDir, 'objects')).href
  const environment = { PF_DATA_DIR: dataDir, NATS_URL: 'nats://memory', DATABASE_URL: 'postgresql://memory/memory' }
  const config = { ...platformConfig(environment), objectStoreUrl, logLevel: 'silent' as const, ...options.config }
  const { keys, secrets } = createMemoryVault({ random })
  const holders = createMemoryHolders<ErasedScope>()
  holders.onWord(async ({ scope }) => keys.forget(scope))
  const metrics = createMetrics('memory')
  const wire = memoryWire()
  const bus = createBusOn(wire, { clock, ids, shards: config.analyticsShards })
  return {
    config,
    live: () => config,
    logger: createLogger({ name: 'memory', level: config.logLevel }),
    metrics,
    clock,
    ids,
    random,
    timing: systemTiming,
    nats: undefined,
    orm: undefined,
    wire,
    bus,
    eventLog: meteredLog(createMemoryLog({ clock }), metrics),
    keys: asSealer(keys),
    secrets,
    holders,
    gate: createGate(systemTiming),
    erasureMark: memoryMarks(),
    leaving: async () => new Set(),
    ledger: await beginErasureLedger(ledgerInMemory(), { now: () => clock.now(), uuid: () => ids.uuid() }),
    objects: openObjectStore(config.objectStoreUrl),
    readModels: createMemoryProjectionStore({ clock }),
    deadLetters: createMemoryDeadLetters({ clock }),
    leases: createMemoryLeases(),
    health: async () => ({ nats: 'ok', postgres: 'ok', objects: 'ok' }),
    async close() {
      bus.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** How far each has followed the erasure ledger, kept in memory. */
export function memoryMarks(): (name: string) => ErasureMark {
  const marks = new Map<string, number>()
  return (name) => ({
    read: async () => marks.get(name) ?? 0,
    write: async (seq) => void marks.set(name, seq),
  })
}
export { describeWithKeycloak } from './describe-with-keycloak.ts'
