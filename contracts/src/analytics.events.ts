import { Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import {
  AccountId,
  CurrencyCode,
  ExportId,
  Instant,
  Month,
  QueryId,
  RawRef,
  RebuildId,
  Sha256,
  SpaceId,
  SyncId,
  TransactionId,
} from './ids.ts'

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

const Rebuild = { spaceId: SpaceId, rebuildId: RebuildId }
const Count = Type.Integer({ minimum: 0 })
const NotThere = Type.Null()

/** New marts are built from the lake beside the ones that answer. */
export const MartRebuildStarted = event('MartRebuildStarted', 1, { ...Rebuild, startedAt: Instant })
/** At most one in twenty steps of the files. */
export const MartRebuildProgressed = event('MartRebuildProgressed', 1, {
  ...Rebuild,
  filesLoaded: Count,
  files: Count,
  rowsLoaded: Count,
  progressedAt: Instant,
})
/** Old and new hold the same files of the lake; what they make of them, table by table. No row stands here. */
export const MartRebuildCompared = event('MartRebuildCompared', 1, {
  ...Rebuild,
  /** Sequence in EVT_STORAGE that both had reached. */
  storagePosition: Count,
  /** A digest says which rows there are, whatever their order; it compares with the one beside it alone. */
  tables: Type.Array(
    Type.Object({
      table: Type.String({ maxLength: 100 }),
      before: Type.Object({ rows: Count, digest: Sha256 }),
      after: Type.Object({ rows: Count, digest: Sha256 }),
    }),
    { maxItems: 100 },
  ),
  /** Of booked rows, minor units as decimal text. */
  sums: Type.Array(
    Type.Object({
      currency: CurrencyCode,
      before: Type.Union([Type.String({ pattern: '^-?\\d+$' }), NotThere]),
      after: Type.Union([Type.String({ pattern: '^-?\\d+$' }), NotThere]),
    }),
    { maxItems: 200 },
  ),
  /** Days by what the proof of balances says of them. */
  proof: Type.Array(Type.Object({ status: Type.String({ maxLength: 32 }), before: Count, after: Count }), {
    maxItems: 20,
  }),
  /** Some of the transactions that differ. */
  transactions: Type.Array(TransactionId, { maxItems: 100 }),
  comparedAt: Instant,
})
/** From here on every answer comes from the new marts; the old ones are kept aside for a while. */
export const MartRebuildSwitched = event('MartRebuildSwitched', 1, {
  ...Rebuild,
  by: Type.Union([Type.Literal('itself'), Type.Literal('user')]),
  oldKeptUntil: Instant,
  switchedAt: Instant,
})
/** The new marts are gone; `lost`: their file was not there any more; `failed`: they could not be built. */
export const MartRebuildDiscarded = event('MartRebuildDiscarded', 1, {
  ...Rebuild,
  why: Type.Union([Type.Literal('user'), Type.Literal('failed'), Type.Literal('lost')]),
  detail: Type.String({ maxLength: 1000 }),
  discardedAt: Instant,
})

/** One per space, for all of its rebuilds: one at a time. */
export const martRebuildEvents = {
  context: 'analytics',
  aggregate: 'mart_rebuild',
  events: [MartRebuildStarted, MartRebuildProgressed, MartRebuildCompared, MartRebuildSwitched, MartRebuildDiscarded],
} as const satisfies AggregateDeclaration
export type MartRebuildEvent = EventOf<(typeof martRebuildEvents.events)[number]>

const Export = { spaceId: SpaceId, exportId: ExportId }

/** Everything that there is of a space is asked for as one file. `documents`: answers of the API, laid ready by the gateway. */
export const DataExportRequested = event('DataExportRequested', 1, {
  ...Export,
  documents: RawRef,
  requestedAt: Instant,
})
/** It lies sealed in the object store, in so many pieces; `bytes` and `sha256` are of the whole file. */
export const DataExportWritten = event('DataExportWritten', 1, {
  ...Export,
  pieces: Count,
  bytes: Count,
  sha256: Sha256,
  expiresAt: Instant,
  writtenAt: Instant,
})
/** It cannot be written as it was asked for. */
export const DataExportFailed = event('DataExportFailed', 1, {
  ...Export,
  detail: Type.String({ maxLength: 1000 }),
  failedAt: Instant,
})
/** By its owner, or because an erasure took some of what is in it. */
export const DataExportDeleted = event('DataExportDeleted', 1, {
  ...Export,
  why: Type.Union([Type.Literal('user'), Type.Literal('erasure')]),
  deletedAt: Instant,
})

/** One per space, for all of its exports: one is written at a time. */
export const dataExportEvents = {
  context: 'analytics',
  aggregate: 'data_export',
  events: [DataExportRequested, DataExportWritten, DataExportFailed, DataExportDeleted],
} as const satisfies AggregateDeclaration
export type DataExportEvent = EventOf<(typeof dataExportEvents.events)[number]>
