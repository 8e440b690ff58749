import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type Clock,
  type EventLog,
  type Ids,
  KeyMissing,
  type ProjectionStore,
  systemClock,
  systemIds,
} from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import { type KeyRing, loadMasterKey, type Random, type SecretBox, systemRandom } from '@pf/vault'
import { isVaultEmpty, openVault } from '@pf/vault/postgres'
import { type Bus, createBusOn } from './bus/bus.ts'
import { natsWire } from './bus/nats-wire.ts'
import type { Wire } from './bus/wire.ts'
import type { PlatformConfig } from './config/index.ts'
import { openDatabase } from './database.ts'
import { createLogger, type Logger } from './logger.ts'
import { connectNats } from './nats.ts'

/** Each dependency's truth: `ok`, or what is wrong in a few words. */
export type Health = Record<string, string>

/**
 * Everything a service stands on. Services of one process share one. `keys` is also eventing's `Sealer`. `nats` and `orm`
 * are absent on the memory platform: use `bus`, `eventLog`, `readModels`, `keys` and `secrets` wherever they do.
 */
export type Platform = {
  readonly config: PlatformConfig
  readonly logger: Logger
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly nats: NatsConnection | undefined
  readonly orm: MikroORM | undefined
  /** What bus and services talk over. */
  readonly wire: Wire
  readonly bus: Bus
  readonly eventLog: EventLog
  readonly keys: KeyRing
  readonly secrets: SecretBox
  readonly objects: ObjectStore
  readonly readModels: ProjectionStore
  health(): Promise<Health>
  /** After all services have stopped: the broker is drained, then the database closed. */
  close(): Promise<void>
}
export type ServerPlatform = Platform & { readonly nats: NatsConnection; readonly orm: MikroORM }

/** KeyMissing in eventing's class, so that its runners know an erased space when they meet one. */
export function asSealer(keys: KeyRing): KeyRing {
  const translated = async <T>(spaceId: string, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw error instanceof Error && error.name === 'KeyMissing' ? new KeyMissing(spaceId) : error
    }
  }
  return {
    ...keys,
    seal: (spaceId, plain, aad) => translated(spaceId, keys.seal(spaceId, plain, aad)),
    open: (spaceId, keyId, bytes, aad) => translated(spaceId, keys.open(spaceId, keyId, bytes, aad)),
  }
}

/**
 * Connects to broker, database and object store, brings the schemas up to date and opens the vault.
 * Throws MasterKeyRefused, and what broker, database and streams refuse with; what was opened before is closed again.
 */
export async function openPlatform(config: PlatformConfig, { name }: { name: string }): Promise<ServerPlatform> {
  const logger = createLogger({ name, level: config.logLevel })
  const undo: (() => Promise<unknown>)[] = []
  try {
    const nats = await connectNats({ url: config.natsUrl, name, logger })
    undo.unshift(() => nats.close())
    const orm = await openDatabase({ url: config.databaseUrl, pool: config.databasePool, name, logger })
    undo.unshift(() => orm.close(true))
    await mkdir(dirname(config.masterKeyFile), { recursive: true, mode: 0o700 })
    const masterKey = await loadMasterKey(config.masterKeyFile, { isVaultEmpty: () => isVaultEmpty(orm) })
    const { keys, secrets } = await openVault({ orm, masterKey, random: systemRandom })
    const objects = openObjectStore(config.objectStoreUrl, s3Credentials(config))
    const eventLog = await openJetStreamLog(nats, { replicas: config.natsReplicas })
    const wire = natsWire(nats)
    const bus = createBusOn(wire)
    return {
      config,
      logger,
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      nats,
      orm,
      wire,
      bus,
      eventLog,
      keys: asSealer(keys),
      secrets,
      objects,
      readModels: createPostgresProjectionStore(orm),
      health: () =>
        healthOf({
          nats: () => pingNats(nats),
          postgres: () => pingPostgres(orm),
          objects: () => pingObjects(objects),
        }),
      async close() {
        bus.close()
        if (!nats.isClosed()) await within(5_000, nats.drain()).catch(() => nats.close())
        await orm.close(true)
      },
    }
  } catch (error) {
    for (const step of undo) {
      await step().catch((failed: unknown) => logger.warn({ err: failed }, 'what was opened could not be closed'))
    }
    throw error
  }
}

function s3Credentials({ s3AccessKeyId, s3SecretAccessKey }: PlatformConfig) {
  if (s3AccessKeyId === undefined || s3SecretAccessKey === undefined) return undefined
  return { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey }
}

/** Asks all at once; one that does not answer within 2 s is not well. */
export async function healthOf(checks: Record<string, () => Promise<unknown>>): Promise<Health> {
  const answers = Object.entries(checks).map(async ([name, check]): Promise<[string, string]> => {
    try {
      await within(2_000, check())
      return [name, 'ok']
    } catch (error) {
      return [name, error instanceof Error ? error.name : 'does not answer']
    }
  })
  return Object.fromEntries(await Promise.all(answers))
}

class NoAnswer extends Error {
  override name = 'NoAnswer'
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new NoAnswer(`No answer within ${timeoutMs} ms.`)), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const pingNats = (nats: NatsConnection): Promise<unknown> => nats.flush()
const pingPostgres = (orm: MikroORM): Promise<unknown> => orm.em.fork().execute('select 1')

async function pingObjects(objects: ObjectStore): Promise<void> {
  // A prefix that nothing has: one cheap question, whatever the store holds.
  for await (const _ of objects.list('health-check/')) return
}
