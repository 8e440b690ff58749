import { feedEvents, runEvents } from '@pf/contracts'
import { createCommandHandler, type ErasedRows, type Reaction, type Timing } from '@pf/eventing'
import { openProviders, type Providers, providerInstances } from '@pf/providers'
import {
  afterOwnReadModel,
  awaitWholeLog,
  commandHandling,
  type Erasing,
  type Platform,
  startProjections,
  type Task,
} from '@pf/service-kit'
import { sandboxClock } from './adapters/demo-bank.ts'
import { erasedAggregates, eraseSyncs } from './application/erase-syncs.ts'
import { createOneAtATime } from './application/one-at-a-time.ts'
import type { Parts } from './application/parts.ts'
import { createScheduler } from './application/schedule-syncs.ts'
import * as feed from './domain/feed.ts'
import * as run from './domain/run.ts'
import { completeSyncs, recordStored } from './reactions/follow-rows.ts'
import { requestFirstSync } from './reactions/request-first-sync.ts'
import { runSyncs } from './reactions/run-syncs.ts'
import { type FeedConnectionRow, feedConnections } from './read/feed-connections.ts'
import { type FeedStateRow, feedStates } from './read/feed-states.ts'
import { type StatementDaysRow, statementDays } from './read/statement-days.ts'
import { type SyncRow, syncs } from './read/syncs.ts'

export { syncNow } from './application/sync-now.ts'

export type ExtractionOptions = {
  /** Those of the configuration unless given. */
  providers?: Providers
  /** Between two rounds of the scheduler. */
  tickMs?: number
  /** The platform's unless given. */
  timing?: Timing
}

export const readModels = { feedConnections, feedStates, statementDays, syncs }

export type AssembledExtraction = {
  parts: Parts
  erasing: Erasing
  projections: Awaited<ReturnType<typeof startReadModels>>
  reactions: Reaction[]
  tasks: Task[]
}

const startReadModels = (platform: Platform) => startProjections(platform, readModels)

/** All of the service but its shell: what `start.ts` puts on the bus, and what a simulation runs without one. */
export async function assembleExtraction(
  platform: Platform,
  options: ExtractionOptions = {},
): Promise<AssembledExtraction> {
  const { config, clock, ids, secrets, keys, objects, logger } = platform
  const timing = options.timing ?? platform.timing
  const providers =
    options.providers ??
    openProviders(
      providerInstances(config, () => platform.live()),
      { clock, secrets },
    )
  const projections = await startReadModels(platform)
  const views = {
    feedConnections: projections.feedConnections.reader,
    feedStates: projections.feedStates.reader,
    statementDays: projections.statementDays.reader,
    syncs: projections.syncs.reader,
  }
  const handling = { ...commandHandling(platform), timing }
  const parts: Parts = {
    runs: createCommandHandler({ ...runEvents, decider: run }, handling),
    feeds: createCommandHandler({ ...feedEvents, decider: feed, snapshot: feed.snapshot }, handling),
    views,
    providers,
    demoBank: config.sandbox === 'on' ? sandboxClock(config.sandboxUrl) : undefined,
    leaving: () => platform.leaving(),
    logger,
    keys,
    objects,
    clock,
    ids,
    timing,
    scheduling: createOneAtATime(),
    fetching: createOneAtATime(),
    async shown(position) {
      const behind = await afterOwnReadModel([views.feedStates, views.syncs], position)
      return behind === undefined ? {} : { behind }
    },
  }
  const erasing = {
    views,
    upToDate: () =>
      awaitWholeLog(platform.eventLog, 'extraction', [projections.syncs], (behind) =>
        logger.info({ behind }, 'an erasure waits for the read models to have the whole log'),
      ),
    erase: {
      feedConnections: (of: ErasedRows<FeedConnectionRow>) => platform.readModels.erase(feedConnections, of),
      feedStates: (of: ErasedRows<FeedStateRow>) => platform.readModels.erase(feedStates, of),
      statementDays: (of: ErasedRows<StatementDaysRow>) => platform.readModels.erase(statementDays, of),
      syncs: (of: ErasedRows<SyncRow>) => platform.readModels.erase(syncs, of),
    },
  }
  return {
    parts,
    erasing: {
      context: 'extraction',
      aggregatesOf: (scope) => erasedAggregates(erasing, scope),
      shared: (scope) => eraseSyncs(erasing, scope),
    },
    projections,
    reactions: [requestFirstSync(parts), runSyncs(parts), recordStored(parts), completeSyncs(parts)],
    tasks: [{ name: 'schedule-syncs', everyMs: options.tickMs ?? 1000, run: createScheduler(parts) }],
  }
}
