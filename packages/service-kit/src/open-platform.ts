import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isParticipant, type Participant, participants } from '@pf/contracts'
import { systemClock, systemIds, systemTiming } from '@pf/eventing'
import { type JetStreamLogOptions, openJetStreamLog } from '@pf/eventing/jetstream'
import { createPostgresDeadLetters, createPostgresLeases, createPostgresProjectionStore } from '@pf/eventing/postgres'
import { openObjectStore } from '@pf/object-store'
import { systemRandom } from '@pf/vault'
import { erasureMark, leavingSpaces } from '@pf/vault/postgres'
import { createBusOn } from './bus/bus.ts'
import { natsWire } from './bus/nats-wire.ts'
import { fixedSettings, openSettings, type PlatformConfig, type Settings, s3Credentials } from './config/index.ts'
import { databaseAccess, openDatabase } from './database.ts'
import { dependencyChecks, diskOf } from './dependencies.ts'
import { createGate } from './erasure/gate.ts'
import { healthOf, within } from './health.ts'
import { createLogger, setLogLevel } from './logger.ts'
import { createMetrics, meteredLog } from './metrics/index.ts'
import { connectNats } from './nats.ts'
import { openVaultOf } from './open-vault.ts'
import type { ServerPlatform } from './platform.ts'
import { startTracing, tracedObjects } from './tracing/index.ts'

/**
 * Connects to broker, database and object store, brings the schemas up to date and opens the vault.
 * Throws MasterKeyRefused, LedgerRefused, and what broker, database and streams refuse with; what was opened before is closed again.
 */
export async function openPlatform(
  config: PlatformConfig,
  {
    name,
    settings = fixedSettings(config),
    completes = false,
  }: { name: string; settings?: Settings; completes?: boolean },
): Promise<ServerPlatform> {
  const logger = createLogger({ name, level: config.logLevel })
  const metrics = createMetrics(name)
  settings.watch({
    changed: () => setLogLevel(logger, settings.live().logLevel),
    failed: () => metrics.settingsFailures.inc(),
  })
  metrics.watch('diskFree', async () => [{ value: (await diskOf(config.dataDir)).free }])
  metrics.watch('diskSize', async () => [{ value: (await diskOf(config.dataDir)).size }])
  const undo: (() => Promise<unknown>)[] = []
  try {
    const { otlpEndpoint } = config
    const stopTracing = otlpEndpoint === undefined ? async () => {} : await startTracing(otlpEndpoint, `pf-${name}`)
    undo.unshift(stopTracing)
    const { nats, ping } = await connectNats(config, { name, logger, metrics })
    undo.unshift(() => nats.close())
    const orm = await openDatabase({
      ...(await databaseAccess(config, name)),
      pool: config.databasePool,
      name,
      logger,
      traced: otlpEndpoint !== undefined,
    })
    undo.unshift(() => orm.close(true))
    const vault = await openVaultOf(config, orm, { name, logger, completes })
    undo.unshift(() => vault.holders.stop())
    if (config.objectStoreUrl.startsWith('file:')) {
      // From here on its absence means that it is lost, not that nothing was written yet.
      await mkdir(fileURLToPath(config.objectStoreUrl), { recursive: true })
    }
    const store = openObjectStore(config.objectStoreUrl, s3Credentials(config))
    const objects = otlpEndpoint === undefined ? store : tracedObjects(store)
    const eventLog = meteredLog(await openJetStreamLog(nats, streamsOf(config, name)), metrics)
    const wire = natsWire(nats)
    const bus = createBusOn(wire, { shards: config.analyticsShards })
    return {
      config,
      live: () => settings.live(),
      logger,
      metrics,
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      timing: systemTiming,
      nats,
      orm,
      wire,
      bus,
      eventLog,
      ...vault,
      gate: createGate(systemTiming),
      erasureMark: (name) => erasureMark(orm, name),
      leaving: () => leavingSpaces(orm),
      objects,
      readModels: createPostgresProjectionStore(orm),
      deadLetters: createPostgresDeadLetters(orm),
      leases: createPostgresLeases(orm),
      health: () => healthOf(dependencyChecks(config, { ping, orm, objects })),
      async close() {
        bus.close()
        if (!nats.isClosed()) await within(5_000, nats.drain()).catch(() => nats.close())
        await vault.holders.stop()
        await orm.close(true)
        await within(5_000, stopTracing()).catch((err: unknown) => logger.warn({ err }, 'last spans could not be sent'))
      },
    }
  } catch (error) {
    for (const step of undo) {
      await step().catch((failed: unknown) => logger.warn({ err: failed }, 'what was opened could not be closed'))
    }
    throw error
  }
}

/**
 * As the environment, `.env` and Parameter Store configure it: the platform of a process of its own. Throws what both throw;
 * where a store cannot be opened, that is logged in words first.
 */
export async function openConfigured(name: string): Promise<ServerPlatform> {
  const logger = createLogger({ name })
  const settings = await openSettings({ logger })
  try {
    const platform = await openPlatform(settings.config, { name, settings })
    return {
      ...platform,
      async close() {
        settings.stop()
        await platform.close()
      },
    }
  } catch (error) {
    logger.fatal({ err: error }, 'the service cannot start')
    settings.stop()
    throw error
  }
}

/** Under its own user a service makes its own streams and waits for those of others; as the one user of all it makes all. */
function streamsOf({ natsReplicas: replicas, natsSecretsDir }: PlatformConfig, name: string): JetStreamLogOptions {
  if (natsSecretsDir === undefined || !isParticipant(name)) return { replicas }
  const { writes, reads }: Participant = participants[name]
  return { replicas, contexts: writes, awaited: reads.filter((context) => !writes.includes(context)) }
}
