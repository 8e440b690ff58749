import { type Static, Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import {
  AccountId,
  CallId,
  ConnectionId,
  CurrencyCode,
  Day,
  Instant,
  InstitutionId,
  ProviderId,
  RawRef,
  RunId,
  SyncId,
  TimeZone,
} from './ids.ts'

const Scope = Type.Union([Type.Literal('transactions'), Type.Literal('balances'), Type.Literal('details')])
export type Scope = Static<typeof Scope>

const Trigger = Type.Union([
  Type.Literal('linked'),
  Type.Literal('schedule'),
  Type.Literal('user'),
  Type.Literal('retry'),
  Type.Literal('demo'),
])
export type Trigger = Static<typeof Trigger>

const Window = Type.Object({ from: Day, to: Day })
export type Window = Static<typeof Window>

/** What the bank said is left of its daily allowance for one account and scope. */
const Quota = Type.Object({
  limit: Type.Integer({ minimum: 0 }),
  remaining: Type.Integer({ minimum: 0 }),
  resetsAt: Instant,
})
export type Quota = Static<typeof Quota>

/** Enough to fetch one account without asking another service. */
const FeedAccount = Type.Object({
  accountId: AccountId,
  connectionId: ConnectionId,
  provider: ProviderId,
  providerAccountId: Type.String({ minLength: 1, maxLength: 128 }),
  institutionId: InstitutionId,
  currency: CurrencyCode,
  timeZone: TimeZone,
  historyDays: Type.Integer({ minimum: 1, maximum: 730 }),
})
export type FeedAccount = Static<typeof FeedAccount>

/** One account's part of a run; all of a run's syncs stand in one message, before any starts. */
export const SyncRequested = event('SyncRequested', 1, {
  runId: RunId,
  syncId: SyncId,
  account: FeedAccount,
  trigger: Trigger,
  /** How many retries came before it in a row; 0 for a first attempt. */
  attempt: Type.Integer({ minimum: 0 }),
  requestedAt: Instant,
})

export const runEvents = {
  context: 'extraction',
  aggregate: 'run',
  events: [SyncRequested],
} as const satisfies AggregateDeclaration
export type RunEvent = EventOf<(typeof runEvents.events)[number]>

const ofSync = { syncId: SyncId, runId: RunId, connectionId: ConnectionId, accountId: AccountId }

/** The window is chosen: watermark less the overlap, or the longest history at first. `to` is the bank's today. */
export const SyncStarted = event('SyncStarted', 1, {
  ...ofSync,
  account: FeedAccount,
  attempt: Type.Integer({ minimum: 0 }),
  window: Window,
  bankNow: Instant,
  startedAt: Instant,
})

/** Appended before the bank is asked: a call of unknown outcome counts as spent. */
export const CallIntended = event('CallIntended', 1, { ...ofSync, callId: CallId, scope: Scope, bankNow: Instant })

/** The bank's answer lies in the object store. */
export const TransactionsFetched = event('TransactionsFetched', 1, {
  ...ofSync,
  callId: CallId,
  account: FeedAccount,
  window: Window,
  raw: RawRef,
  fetchedAt: Instant,
  bankNow: Instant,
  quota: Type.Optional(Quota),
})

export const BalancesFetched = event('BalancesFetched', 1, {
  ...ofSync,
  callId: CallId,
  raw: RawRef,
  fetchedAt: Instant,
  bankNow: Instant,
  quota: Type.Optional(Quota),
})

/**
 * A call without an answer to use. `spent: unknown` counts as spent. `code` is a provider error's stable code. `resetsAt`
 * (the provider's time): until then the bank allows no more of this scope.
 */
export const CallFailed = event('CallFailed', 1, {
  ...ofSync,
  callId: CallId,
  scope: Scope,
  code: Type.String({ minLength: 1, maxLength: 64 }),
  action: Type.String({ minLength: 1, maxLength: 64 }),
  spent: Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('unknown')]),
  /** Whether the bank counts it towards suspending the account. */
  counted: Type.Boolean(),
  bankNow: Instant,
  resetsAt: Type.Optional(Instant),
})

/** The bank refused so long a window, and is asked for this one in the same sync. `to` stays. */
export const WindowNarrowed = event('WindowNarrowed', 1, {
  ...ofSync,
  callId: CallId,
  window: Window,
  bankNow: Instant,
})

/**
 * The answer succeeded, but the bank last brought it up to date on `updatedOn` (the account's zone), more than two days before
 * it was asked: it may be one that a bank goes on giving out (gocardless.md §3.4, §8.7).
 */
export const AnswerFoundStale = event('AnswerFoundStale', 1, {
  ...ofSync,
  callId: CallId,
  updatedOn: Day,
  bankNow: Instant,
})

/**
 * Days that nobody asked a bank for, and that this one does not tell of any more: between the last day that is stored (itself
 * told of in part) and the fetch's window lies more time than the bank's history goes back (gocardless.md §8.7).
 */
export const DaysMissed = event('DaysMissed', 1, {
  ...ofSync,
  callId: CallId,
  /** Both inclusive, of the account's zone. */
  from: Day,
  to: Day,
  bankNow: Instant,
})

const Counts = Type.Object({
  observed: Type.Integer({ minimum: 0 }),
  added: Type.Integer({ minimum: 0 }),
  updated: Type.Integer({ minimum: 0 }),
  unchanged: Type.Integer({ minimum: 0 }),
  held: Type.Integer({ minimum: 0 }),
})
export type Counts = Static<typeof Counts>
export { Counts as CountsSchema }

/** No transactions came in this sync; `retryAt` (the provider's time) says when it is tried again, if by itself. */
export const SyncFailed = event('SyncFailed', 1, {
  ...ofSync,
  code: Type.String({ minLength: 1, maxLength: 64 }),
  detail: Type.String({ maxLength: 512 }),
  attempt: Type.Integer({ minimum: 0 }),
  retryAt: Type.Optional(Instant),
  failedAt: Instant,
})

/** The rows are in the lake. Only now does the watermark move, to the window's end. */
export const SyncStored = event('SyncStored', 1, { ...ofSync, window: Window, counts: Counts, storedAt: Instant })

/** Its rows are in every answer. `partial`: transactions came, balances did not. */
export const SyncCompleted = event('SyncCompleted', 1, {
  ...ofSync,
  status: Type.Union([Type.Literal('completed'), Type.Literal('partial')]),
  completedAt: Instant,
})

/** One per account (its id is the account's): every sync, call and watermark of it, serially. */
export const feedEvents = {
  context: 'extraction',
  aggregate: 'feed',
  events: [
    SyncStarted,
    CallIntended,
    TransactionsFetched,
    BalancesFetched,
    AnswerFoundStale,
    DaysMissed,
    CallFailed,
    WindowNarrowed,
    SyncFailed,
    SyncStored,
    SyncCompleted,
  ],
} as const satisfies AggregateDeclaration
export type FeedEvent = EventOf<(typeof feedEvents.events)[number]>
