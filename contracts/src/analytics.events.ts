import { Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import { AccountId, Instant, Month, QueryId, SpaceId, SyncId } from './ids.ts'

/** The space's marts now hold these files; every answer given from here on shows them. */
export const MartsMaterialised = event('MartsMaterialised', 1, {
  spaceId: SpaceId,
  /** Syncs whose rows became visible; empty for an account's description alone. */
  syncs: Type.Array(Type.Object({ syncId: SyncId, accountId: AccountId }), { maxItems: 1000 }),
  /** Sequence in EVT_STORAGE up to which this space's files are loaded. */
  storagePosition: Type.Integer({ minimum: 0 }),
  files: Type.Integer({ minimum: 0 }),
  months: Type.Array(Month, { maxItems: 10000 }),
  builtAt: Instant,
})

/** One per space. */
export const martEvents = {
  context: 'analytics',
  aggregate: 'mart',
  events: [MartsMaterialised],
} as const satisfies AggregateDeclaration
export type MartEvent = EventOf<(typeof martEvents.events)[number]>

/** A question of the owner in SQL, kept under a name. */
export const QuerySaved = event('QuerySaved', 1, {
  spaceId: SpaceId,
  queryId: QueryId,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  sql: Type.String({ minLength: 1, maxLength: 20000 }),
  savedAt: Instant,
})
export const SavedQueryDeleted = event('SavedQueryDeleted', 1, {
  spaceId: SpaceId,
  queryId: QueryId,
  deletedAt: Instant,
})

/** One per space. */
export const queryBookEvents = {
  context: 'analytics',
  aggregate: 'query_book',
  events: [QuerySaved, SavedQueryDeleted],
} as const satisfies AggregateDeclaration
export type QueryBookEvent = EventOf<(typeof queryBookEvents.events)[number]>
