import type { FeedEvent, RunEvent } from '@pf/contracts'
import type { Clock, CommandHandler, Ids, ReadModel, Timing } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { Providers } from '@pf/providers'
import type { Logger } from '@pf/service-kit'
import type { KeyRing } from '@pf/vault'
import type { Feed } from '../domain/feed.ts'
import type { FeedCommand } from '../domain/feed-commands.ts'
import type { Run, RunCommand } from '../domain/run.ts'
import type { FeedConnectionRow } from '../read/feed-connections.ts'
import type { FeedStateRow } from '../read/feed-states.ts'
import type { StatementDaysRow } from '../read/statement-days.ts'
import type { SyncRow } from '../read/syncs.ts'
import type { OneAtATime } from './one-at-a-time.ts'

/** The demo bank's own clock. */
export interface DemoBank {
  /** Moves its day. Throws provider_unavailable. */
  advance(days: number): Promise<void>
}

/** What the use cases of this service stand on. */
export type Parts = {
  runs: CommandHandler<Run, RunCommand, RunEvent>
  feeds: CommandHandler<Feed, FeedCommand, FeedEvent>
  views: {
    feedConnections: ReadModel<FeedConnectionRow>
    feedStates: ReadModel<FeedStateRow>
    statementDays: ReadModel<StatementDaysRow>
    syncs: ReadModel<SyncRow>
  }
  providers: Providers
  /** Undefined where the sandbox is off. */
  demoBank: DemoBank | undefined
  /** Spaces that are being moved away: nobody asks their banks from here. */
  leaving(): Promise<ReadonlySet<string>>
  logger: Pick<Logger, 'warn' | 'error'>
  keys: Pick<KeyRing, 'sealObject' | 'openObject'>
  objects: Pick<ObjectStore, 'put' | 'get'>
  clock: Clock
  ids: Ids
  timing: Timing
  /** The scheduler's rounds and whoever must not be surprised by one. */
  scheduling: OneAtATime
  /** One account is fetched by one at a time in this process. */
  fetching: OneAtATime
  /** Waits until this service's own read models show a command's effect; else says the position to wait for. */
  shown(position: string | undefined): Promise<{ behind?: string }>
}
