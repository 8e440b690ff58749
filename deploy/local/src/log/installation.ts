import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type EventLog, systemClock, systemIds } from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import {
  asSealer,
  brokerOptions,
  createLogger,
  ledgerPlace,
  masterKeySource,
  openDatabase,
  type PlatformConfig,
  platformConfig,
  withParameters,
} from '@pf/service-kit'
import { type KeyRing, LedgerRefused } from '@pf/vault'
import { type ErasureLedger, openErasureLedger } from '@pf/vault/ledger'
import { masterKeyOf, openVault } from '@pf/vault/postgres'
import { type Addresses, runningAddresses } from '../addresses.ts'
import { takeOver } from '../orphans.ts'
import { startTimeOf } from '../process-table.ts'
import { makeFolders, readSettings } from '../settings.ts'
import { System } from '../system.ts'
import { CommandFailed } from './refusals.ts'

type User = 'log' | 'restore'
type Environment = Readonly<Record<string, string | undefined>>

/** What a command works on. Each part is opened when it is first asked for. */
export type Installation = {
  readonly config: PlatformConfig
  nats(): Promise<NatsConnection>
  /** Reads and appends; makes and checks no stream. */
  eventLog(): Promise<EventLog>
  database(): Promise<MikroORM>
  objects(): ObjectStore
  /** Undefined where none was ever begun. Throws LedgerRefused where it is broken. */
  ledger(): Promise<ErasureLedger | undefined>
  /** Throws MasterKeyRefused where the master key is not at hand. */
  keys(): Promise<KeyRing>
}

/** Throws LedgerRefused where none was ever begun, with what to do then. */
export async function ledgerOf({ ledger, config }: Installation, toDo: string): Promise<ErasureLedger> {
  const standing = await ledger()
  if (standing !== undefined) return standing
  throw new LedgerRefused(
    'ledger_missing',
    `There is no erasure ledger at ${ledgerPlace(config).name} (PF_ERASURE_LEDGER): ${toDo}`,
  )
}

/** Runs `work` on what the environment names, else on the data folder's running system, else on its stores, started for it. */
export async function withInstallation<T>(
  root: string,
  environment: Environment,
  { makes, writes = makes, say }: { makes: boolean; writes?: boolean; say: (line: string) => void },
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const dataDir = resolve(root, environment['PF_DATA_DIR'] ?? '.data')
  const known: Environment = { ...(await withParameters(environment)), PF_DATA_DIR: dataDir }
  // Who makes an installation, or a part of it, writes all streams of it; who looks at one reads them.
  const user = makes || writes ? 'restore' : 'log'
  if (known['NATS_URL'] !== undefined) return withParts(platformConfig(known), user, work)
  const addresses = runningAddresses(dataDir)
  const running = addresses && platformConfig({ ...known, ...addresses })
  if (running !== undefined && (await answers(running, user))) return withParts(running, user, work)
  if (!makes && !existsSync(join(dataDir, 'nats'))) {
    throw new CommandFailed(
      'nothing_there',
      `There is no installation in ${dataDir}: set PF_DATA_DIR to its data folder, or NATS_URL, DATABASE_URL and OBJECT_STORE_URL.`,
    )
  }
  return withStores(root, known, say, (addresses) => withParts(platformConfig({ ...known, ...addresses }), user, work))
}

/** A command ends: it does not wait for a broker that went away. */
async function connectBroker(config: PlatformConfig, user: User): Promise<NatsConnection> {
  return connect({
    ...(await brokerOptions(config, user)),
    maxReconnectAttempts: 20,
    reconnectTimeWait: 250,
    timeout: 5_000,
  })
}

async function answers(config: PlatformConfig, user: User): Promise<boolean> {
  try {
    await (await connectBroker(config, user)).close()
    return true
  } catch {
    // The folder says where it was; nobody is there now.
    return false
  }
}

/** The data folder is taken as `npm start` takes it: neither starts while the other is there. */
async function withStores<T>(
  root: string,
  environment: Environment,
  say: (line: string) => void,
  work: (addresses: Addresses) => Promise<T>,
): Promise<T> {
  const settings = readSettings(root, environment, false)
  const folders = makeFolders(settings.dataDir)
  const recordPath = join(folders.run, 'processes.json')
  await takeOver(recordPath, say)
  const supervisor = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' }
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  const system = new System(settings, folders, { say, hopeless: broken.reject, recordPath, supervisor })
  try {
    const addresses = await system.startStores()
    return await Promise.race([work(addresses), broken.promise])
  } finally {
    await system.stop()
  }
}

async function withParts<T>(
  config: PlatformConfig,
  user: User,
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const logger = createLogger({ name: 'log', level: 'silent' })
  const closing: (() => Promise<unknown>)[] = []
  const nats = once(async () => {
    const opened = await connectBroker(config, user)
    closing.unshift(() => opened.close())
    return opened
  })
  const database = once(async () => {
    const opened = await openDatabase({ url: config.databaseUrl, pool: config.databasePool, name: 'log', logger })
    closing.unshift(() => opened.close(true))
    return opened
  })
  const { objectStoreUrl, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config
  const installation: Installation = {
    config,
    nats,
    eventLog: once(async () => openJetStreamLog(await nats(), { replicas: config.natsReplicas, contexts: [] })),
    database,
    objects: () =>
      openObjectStore(
        objectStoreUrl,
        accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey },
      ),
    ledger: once(() =>
      openErasureLedger(ledgerPlace(config), { now: () => systemClock.now(), uuid: () => systemIds.uuid() }),
    ),
    keys: once(async () => {
      // Never made here: whoever wants to read has it, or reads headers.
      const orm = await database()
      const masterKey = await masterKeyOf(orm, masterKeySource(config), { makes: false })
      return asSealer((await openVault({ orm, masterKey })).keys)
    }),
  }
  try {
    return await work(installation)
  } finally {
    for (const close of closing) await close()
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
