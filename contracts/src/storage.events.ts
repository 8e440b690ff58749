import { type Static, Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import { CountsSchema, SyncRequested } from './extraction.events.ts'
import { AccountId, ConnectionId, Day, Instant, RunId, Sha256, SyncId } from './ids.ts'

const Dataset = Type.Union([
  Type.Literal('observations'),
  Type.Literal('decisions'),
  Type.Literal('balances'),
  Type.Literal('accounts'),
  Type.Literal('held'),
])
export type Dataset = Static<typeof Dataset>

/** One Parquet file of the lake. The manifest of a dataset is the set of these over all events. */
const LakeFile = Type.Object({
  dataset: Dataset,
  schemaVersion: Type.Integer({ minimum: 1 }),
  key: Type.String({ minLength: 1, maxLength: 512 }),
  sha256: Sha256,
  rows: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
})
export type LakeFile = Static<typeof LakeFile>

/**
 * A response became rows of the lake. `held` and `unchanged` rows are counted too:
 * observed = added + updated + unchanged + held (+ rows outside the asked window, which are not counted).
 */
export const TransactionsStored = event('TransactionsStored', 1, {
  syncId: SyncId,
  runId: RunId,
  connectionId: ConnectionId,
  accountId: AccountId,
  window: Type.Object({ from: Day, to: Day }),
  files: Type.Array(LakeFile, { maxItems: 64 }),
  counts: CountsSchema,
  /** Stored rows inside the window that the bank no longer shows: flagged, never deleted. */
  vanished: Type.Integer({ minimum: 0 }),
  normaliserVersion: Type.Integer({ minimum: 1 }),
  identityVersion: Type.Integer({ minimum: 1 }),
  /** Number of decisions of this account so far; the next decision is numbered from here. */
  decisionSeq: Type.Integer({ minimum: 0 }),
  storedAt: Instant,
})

export const BalancesStored = event('BalancesStored', 1, {
  syncId: SyncId,
  accountId: AccountId,
  files: Type.Array(LakeFile, { maxItems: 8 }),
  storedAt: Instant,
})

/** What the bank says of the account itself (name, kind, masked number) is in the lake. */
export const AccountDescribed = event('AccountDescribed', 1, {
  accountId: AccountId,
  connectionId: ConnectionId,
  files: Type.Array(LakeFile, { minItems: 1, maxItems: 8 }),
  describedAt: Instant,
})

/** One per account: the order in which its identity decisions were made. */
export const ledgerEvents = {
  context: 'storage',
  aggregate: 'ledger',
  events: [TransactionsStored, BalancesStored, AccountDescribed],
} as const satisfies AggregateDeclaration
export type LedgerEvent = EventOf<(typeof ledgerEvents.events)[number]>

export type SyncAccount = Static<(typeof SyncRequested)['schema']>['account']
