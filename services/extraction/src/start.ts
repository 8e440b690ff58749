import { feedEvents, runEvents } from '@pf/contracts'
import { createCommandHandler, systemTiming, type Timing } from '@pf/eventing'
import { openProviders, type Providers, providerInstances } from '@pf/providers'
import {
  afterOwnReadModel,
  type Platform,
  type Service,
  schedule,
  startProjections,
  startService,
} from '@pf/service-kit'
import { ExtractionBus, partsToken } from './adapters/bus.ts'
import { sandboxClock } from './adapters/demo-bank.ts'
import { createOneAtATime } from './application/one-at-a-time.ts'
import type { Parts } from './application/parts.ts'
import { createScheduler } from './application/schedule-syncs.ts'
import * as feed from './domain/feed.ts'
import * as run from './domain/run.ts'
import { completeSyncs, recordStored } from './reactions/follow-rows.ts'
import { requestFirstSync } from './reactions/request-first-sync.ts'
import { runSyncs } from './reactions/run-syncs.ts'
import { feedConnections } from './read/feed-connections.ts'
import { feedStates } from './read/feed-states.ts'
import { syncs } from './read/syncs.ts'

export type ExtractionOptions = {
  /** Those of the configuration unless given. */
  providers?: Providers
  /** Between two rounds of the scheduler. */
  tickMs?: number
  timing?: Timing
}

/** Starts the service on a platform: read models, reactions, the scheduler, the bus. */
export async function startExtraction(platform: Platform, options: ExtractionOptions = {}): Promise<Service> {
  const { config, clock, ids, secrets, eventLog: log, keys, objects, logger } = platform
  const providers = options.providers ?? openProviders(providerInstances(config), { clock, secrets })
  const projections = await startProjections(platform, { feedConnections, feedStates, syncs })
  const views = {
    feedConnections: projections.feedConnections.reader,
    feedStates: projections.feedStates.reader,
    syncs: projections.syncs.reader,
  }
  const handling = { log, sealer: keys, clock, ids }
  const parts: Parts = {
    runs: createCommandHandler({ ...runEvents, decider: run }, handling),
    feeds: createCommandHandler({ ...feedEvents, decider: feed }, handling),
    views,
    providers,
    demoBank: config.sandbox === 'on' ? sandboxClock(config.sandboxUrl) : undefined,
    logger,
    keys,
    objects,
    clock,
    ids,
    timing: options.timing ?? systemTiming,
    scheduling: createOneAtATime(),
    fetching: createOneAtATime(),
    async shown(position) {
      const behind = await afterOwnReadModel([views.feedStates, views.syncs], position)
      return behind === undefined ? {} : { behind }
    },
  }
  const scheduler = { name: 'schedule-syncs', everyMs: options.tickMs ?? 1000, run: createScheduler(parts) }
  return startService(platform, {
    name: 'extraction',
    controllers: [ExtractionBus],
    providers: [{ provide: partsToken, useValue: parts }],
    projections,
    reactions: [requestFirstSync(parts), runSyncs(parts), recordStored(parts), completeSyncs(parts)],
    running: [schedule(platform, scheduler)],
  })
}
