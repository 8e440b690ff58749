import 'reflect-metadata'
import type { Provider, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { contexts, type Rest } from '@pf/contracts'
import {
  Fenced,
  type Projection,
  type Reaction,
  type ReadModel,
  type Running,
  type RunningProjection,
  type RunProjectionOptions,
  reasonOf,
  runProjection,
  runReaction,
} from '@pf/eventing'
import type { BusRequest } from './bus/answers.ts'
import { BusServer } from './bus/bus-server.ts'
import { PassErrors } from './bus/pass-errors.ts'
import { collectGarbage } from './collect-garbage.ts'
import { type Erasing, eraseService } from './erasure/erase-service.ts'
import type { PendingErasureRow } from './erasure/pending-erasures.ts'
import { type Health, toldOfProviders } from './health.ts'
import { startHealthServer } from './health-server.ts'
import { type AskFigures, exposition, type FigureName, type Scrape, scrape } from './metrics/index.ts'
import { operatedFigures, readyFigures } from './metrics/operated-figures.ts'
import { nestLogger } from './nest-logger.ts'
import { type OperationsParts, operationsController } from './operations.ts'
import type { Platform } from './platform.ts'
import { readyPattern } from './services-ready.ts'
import { type HeldShards, leaseShards } from './shards.ts'

export interface Service {
  readonly name: string
  /** Of each dependency and projection: `ok`, or what is wrong in a few words. */
  ready(): Promise<Health>
  /** No new requests → those in flight finish → reactions and projections stop. The platform stays open. */
  stop(): Promise<void>
}

/** What a service needs of its read models, whatever their rows. */
type RunningReadModel = Pick<RunningProjection<never>, 'lag' | 'status' | 'parked' | 'retry' | 'stop'> & {
  readonly reader: Pick<ReadModel<never>, 'caughtUpTo'>
}

export type ServiceParts = {
  /** Also its queue group on the bus. */
  name: string
  /** Nest controllers whose methods carry `@Answers`; what they inject stands in `providers` (`@Inject(token)`). */
  controllers?: readonly Type[]
  providers?: readonly Provider[]
  /** Of `startProjections`, or started by hand: from here on they belong to the service. */
  projections?: Readonly<Record<string, RunningReadModel>>
  reactions?: readonly Reaction[]
  /** Whatever else runs until the service stops (`schedule`). */
  running?: readonly Running[]
  /** What it erases, and how. */
  erasing?: Erasing
  /** Which of the erasures that it carries out are not done yet, for operators. */
  pendingErasures?: Pick<ReadModel<PendingErasureRow>, 'find'>
  /** The last restore drill that passed, for operators. */
  lastDrill?: () => Promise<Rest.PassedDrill | null>
  /** The last calls to banks' providers, or the identity provider: told beside the dependencies. */
  lastCalls?: () => Readonly<Record<string, { at: string; answered: boolean }>>
  /** What it says of itself from what it keeps, at each scrape. */
  figures?: Readonly<Partial<Record<FigureName, AskFigures>>>
  /** Of analytics: what runs while a shard is this replica's; its requests are answered as long. */
  holdShard?: (shard: string) => Promise<Running>
}

/** How long an answer waits for the position that a request carries. */
const caughtUpMs = 5_000

/** A projection further behind than this many messages is not ready. */
const readyLag = 1_000

/**
 * Starts read models before the service itself, since its application reads them:
 * `const views = await startProjections(platform, { connections, accounts })`, then `views.connections.reader`.
 */
export async function startProjections<Rows extends Record<string, object>>(
  platform: Platform,
  definitions: { readonly [Name in keyof Rows]: Projection<never, Rows[Name]> },
): Promise<{ readonly [Name in keyof Rows]: RunningProjection<Rows[Name]> }> {
  const started: Partial<{ [Name in keyof Rows]: RunningProjection<Rows[Name]> }> = {}
  for (const name of Object.keys(definitions) as (keyof Rows)[]) {
    started[name] = await runProjection(definitions[name], projectionOptions(platform, definitions[name].name))
  }
  // Every name of `definitions` was started above.
  return started as { readonly [Name in keyof Rows]: RunningProjection<Rows[Name]> }
}

function projectionOptions(platform: Platform, projection: string): RunProjectionOptions {
  const logger = platform.logger.child({ projection })
  return {
    log: platform.eventLog,
    sealer: platform.keys,
    store: platform.readModels,
    clock: platform.clock,
    timing: platform.timing,
    erased: (context, from, upTo) => platform.ledger.purged(context, from, upTo),
    keptMs: platform.config.readModelsKeptHours * hourMs,
    onError(error, message) {
      if (message) platform.metrics.quarantined.inc({ projection })
      if (message) logger.error({ seq: message.seq, reason: reasonOf(error) }, 'a message was put in quarantine')
      else if (error instanceof Fenced) logger.info('somebody else wrote; it goes on from what stands there')
      else logger.error({ err: error }, 'projection failed')
    },
    onBuild(outcome, build, comparison) {
      const said = { ...build, comparison }
      if (outcome === 'switched') logger.info(said, 'readers have the new build')
      else logger.warn(said, 'the new build is not equal to the one that is read; an operator decides')
    },
  }
}

const hourMs = 3_600_000

/** Reactions first, the bus last: who asks is answered by a service that is whole. On failure nothing is left running. */
export async function startService(platform: Platform, parts: ServiceParts): Promise<Service> {
  const projections = Object.entries(parts.projections ?? {})
  const behind = [...(parts.running ?? [])]
  const operated = operatedOf(platform, parts)
  const ready = async () => ({
    ...(await platform.health()),
    ...(await projectionHealth(parts)),
    ...toldOfProviders(parts.lastCalls?.() ?? {}),
  })
  const unwatch = [
    ...projections.map(([name, projection]) => platform.metrics.watchLag(name, () => projection.lag())),
    platform.metrics.watch('ready', async () => readyFigures(await ready())),
    ...(operated ? operatedFigures(platform.metrics, operated) : []),
    ...Object.entries(parts.figures ?? {}).map(([name, ask]) => platform.metrics.watch(name as FigureName, ask)),
  ]
  const stopAll = async () => {
    for (const stop of unwatch) stop()
    for (const running of behind.splice(0).reverse()) await running.stop()
    await Promise.all(projections.map(([, projection]) => projection.stop()))
  }
  const erasure = parts.erasing && eraseService(platform, parts.erasing)
  try {
    erasure?.listen()
    await catchUp(platform, parts, erasure)
    for (const reaction of parts.reactions ?? []) behind.push(await startReaction(platform, reaction))
    const bus = await listen(platform, parts, ready, erasure)
    const shards = parts.holdShard && holdShards(platform, parts.name, parts.holdShard, bus.strategy)
    await shards?.settled()
    return {
      name: parts.name,
      ready,
      async stop() {
        await shards?.stop()
        await bus.stop()
        await stopAll()
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

/**
 * After a restore read models are made from the first message of the log before this can end: whoever asks whether the
 * service is ready hears meanwhile how far they are, and nothing else is answered.
 */
async function catchUp(
  platform: Platform,
  parts: ServiceParts,
  erasure: ReturnType<typeof eraseService> | undefined,
): Promise<void> {
  const { wire, clock, metrics } = platform
  const logger = platform.logger.child({ service: parts.name })
  let speaking: BusServer | undefined
  try {
    const missed = await erasure?.catchUp(async (count) => {
      logger.warn({ missed: count }, 'erasures of the ledger are made good before anything is answered')
      const said = { 'erasure ledger': `${count} erasures are made good` }
      speaking = new BusServer({ service: parts.name, wire, clock, logger, metrics, shards: [] })
      answerReady(speaking, parts.name, async () => ({ ...(await projectionHealth(parts)), ...said }))
      await speaking.opened()
    })
    if (missed) logger.warn({ missed }, 'brought up to the erasure ledger')
  } finally {
    await speaking?.close()
  }
}

function answerReady(strategy: BusServer, name: string, ready: () => Promise<Health>): void {
  strategy.addHandler(readyPattern(name), async () => new TextEncoder().encode(JSON.stringify(await ready())))
}

function holdShards(
  platform: Platform,
  name: string,
  hold: (shard: string) => Promise<Running>,
  bus: Pick<BusServer, 'openShard' | 'closeShard'>,
): HeldShards {
  const logger = platform.logger.child({ service: name })
  return leaseShards({
    name,
    count: platform.config.analyticsShards,
    leases: platform.leases,
    timing: platform.timing,
    onError: (err, shard) => logger.error({ err, shard }, 'a shard is given back and asked for again'),
    async hold(shard) {
      const running = await hold(shard)
      await bus.openShard(shard)
      logger.info({ shard }, 'shard is held')
      return {
        async stop() {
          await bus.closeShard(shard)
          await running.stop()
        },
      }
    },
  })
}

export function startReaction(platform: Platform, reaction: Reaction): Promise<Running> {
  const logger = platform.logger.child({ reaction: reaction.name })
  const { gate } = platform
  const gated: Reaction = {
    ...reaction,
    handle: (recorded, delivery) =>
      gate.pass(recorded.spaceId, (erased) =>
        reaction.handle(recorded, { ...delivery, signal: AbortSignal.any([delivery.signal, erased]) }),
      ),
  }
  return runReaction(gated, {
    log: platform.eventLog,
    sealer: platform.keys,
    deadLetters: platform.deadLetters,
    onError: (error) => logger.error({ err: error }, 'reaction failed; it is tried again'),
    onDeadLetter({ seq, attempts, reason }) {
      platform.metrics.deadLetters.inc({ reaction: reaction.name })
      logger.error({ seq, attempts, reason }, 'a message was given up; an operator may have it repeated')
    },
  })
}

async function listen(
  platform: Platform,
  parts: ServiceParts,
  ready: () => Promise<Health>,
  erasure: ReturnType<typeof eraseService> | undefined,
): Promise<Running & { strategy: BusServer }> {
  const { wire, clock } = platform
  const logger = platform.logger.child({ service: parts.name })
  const operated = operatedOf(platform, parts)
  const strategy = new BusServer({
    service: parts.name,
    wire,
    clock,
    logger,
    metrics: platform.metrics,
    // Erasing itself waits for what is under way, and is not.
    pass: (pattern, spaceId, work) => (pattern === erasure?.pattern ? work() : platform.gate.pass(spaceId, work)),
    // Of a service that leases them none is heard before it is held.
    shards: [],
    caughtUp: (position) =>
      Promise.all(Object.values(parts.projections ?? {}).map(({ reader }) => reader.caughtUpTo(position, caughtUpMs))),
  })
  answerReady(strategy, parts.name, ready)
  if (erasure !== undefined) strategy.addHandler(erasure.pattern, (request: BusRequest) => erasure.answer(request))
  const root = {
    module: class ServiceModule {},
    controllers: [...(parts.controllers ?? []), ...(operated ? [operationsController(operated)] : [])],
    providers: [...(parts.providers ?? [])],
  }
  const app = await NestFactory.createMicroservice(root, { strategy, logger: nestLogger(logger), abortOnError: false })
  app.useGlobalFilters(new PassErrors())
  await app.listen()
  return { strategy, stop: () => app.close() }
}

/** Each context has one service, of the same name. */
function operatedOf(
  { deadLetters, ledger }: Platform,
  { name, projections = {}, pendingErasures: erasures, lastDrill }: ServiceParts,
): OperationsParts | undefined {
  const service = contexts.find((context) => context === name)
  return service && { service, projections: Object.values(projections), deadLetters, erasures, ledger, lastDrill }
}

async function projectionHealth(parts: ServiceParts): Promise<Health> {
  const states = Object.entries(parts.projections ?? {}).map(async ([name, projection]): Promise<[string, string]> => {
    try {
      const messages = await projection.lag()
      return [`projection ${name}`, messages <= readyLag ? 'ok' : `${messages} messages behind`]
    } catch (error) {
      return [`projection ${name}`, error instanceof Error ? error.name : 'stopped']
    }
  })
  return Object.fromEntries(await Promise.all(states))
}

/** What a process runs, and how to end it. */
export type RunningProcess = Pick<Platform, 'config' | 'logger'> & {
  service: Service
  scrape(): Promise<Scrape[]>
  /** After the service has stopped. */
  close(): Promise<void>
}

/**
 * Runs until SIGINT or SIGTERM, with /health, /ready and /metrics where PF_HEALTH_PORT is set: then it is not ready any more,
 * the service is stopped and everything closed. What does not stop in time is ended, with exit code 1.
 */
export async function runProcess(start: () => Promise<RunningProcess>): Promise<void> {
  const { config, logger, service, scrape, close } = await start()
  const { healthPort, bind } = config
  let stopping = false
  const ready = async (): Promise<Health> => (stopping ? { process: 'stopping' } : service.ready())
  const metrics = async () => exposition(await scrape())
  const health =
    healthPort === undefined ? undefined : await startHealthServer({ port: healthPort, bind, ready, metrics })
  const collecting = collectGarbage()
  const signalled = Promise.withResolvers<NodeJS.Signals>()
  process.once('SIGINT', signalled.resolve)
  process.once('SIGTERM', signalled.resolve)
  logger.info({ service: service.name }, 'ready')
  const signal = await signalled.promise
  logger.info({ signal }, 'stopping')
  stopping = true
  const overdue = setTimeout(() => {
    logger.fatal({ afterMs: longestStopMs }, 'it did not stop in time')
    process.exit(1)
  }, longestStopMs)
  await collecting.stop()
  await service.stop()
  await close()
  await health?.stop()
  clearTimeout(overdue)
}

/** Longer than the bus' grace and the broker's drain together, shorter than a supervisor waits. */
const longestStopMs = 18_000

/** What a service's `main.ts` does. A start that fails is logged in words and exits 1. */
export async function runAlone<P extends Platform>(
  open: () => Promise<P>,
  start: (platform: P) => Promise<Service>,
): Promise<void> {
  await runProcess(async () => {
    const platform = await open()
    const { config, logger } = platform
    const service = await start(platform).catch(async (error: unknown) => {
      logger.fatal({ err: error }, 'the service cannot start')
      await platform.close()
      throw error
    })
    return { config, logger, service, scrape: () => scrape([platform.metrics]), close: () => platform.close() }
  })
}
