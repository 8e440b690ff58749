export { awaitPrepared } from './await-prepared.ts'
export {
  type Answerer,
  Answers,
  type Bus,
  type BusOptions,
  type CallOptions,
  createBus,
  RawJson,
  type RequestContext,
  shardOf,
  type Tagged,
  Unchanged,
  type Wire,
} from './bus/index.ts'
export { collectGarbage } from './collect-garbage.ts'
export { commandHandling } from './command-handling.ts'
export * from './config/index.ts'
export { openDatabase } from './database.ts'
export { carryOut, type Erasure } from './erasure/carry-out.ts'
export type { Erasing } from './erasure/erase-service.ts'
export type { ErasureMark } from './erasure/erasure-mark.ts'
export { BeingErased, createGate, type Gate } from './erasure/gate.ts'
export { type PendingErasureRow, pendingErasures } from './erasure/pending-erasures.ts'
export { besideOf, type Health, isWell } from './health.ts'
export { startHealthServer } from './health-server.ts'
export { createLogger, type Logger, type LogLevel } from './logger.ts'
export { type LogoLinks, type LogoSource, openLogoLinks } from './logo-links.ts'
export {
  type AskFigures,
  exposition,
  type Figure,
  type FigureName,
  type Metrics,
  type Scrape,
  scrape,
  whileAsked,
} from './metrics/index.ts'
export { brokerOptions } from './nats.ts'
export { openConfigured, openPlatform } from './open-platform.ts'
export { ledgerPlace } from './open-vault.ts'
export { operatorAlone } from './operator.ts'
export { fetchPassed, passOn } from './passing-files.ts'
export type { Platform, ServerPlatform } from './platform.ts'
export { prepareDatabase } from './prepare-database.ts'
export { afterOwnReadModel, awaitWholeLog } from './read-your-writes.ts'
export { schedule, type Task } from './schedule.ts'
export { keepSealed, readSealed } from './sealed-files.ts'
export { asSealer } from './sealer.ts'
export {
  type RunningProcess,
  runAlone,
  runProcess,
  type Service,
  type ServiceParts,
  startProjections,
  startReaction,
  startService,
} from './service.ts'
export { servicesReady } from './services-ready.ts'
