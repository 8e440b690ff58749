import {
  type FeedAccount,
  type FeedEvent,
  type Quota,
  type RawRef,
  refuse,
  type Scope,
  type Window,
} from '@pf/contracts'
import { STALE_AFTER_DAYS } from '@pf/providers/rules'
import { asksTheUser, type Failure, resetTime, retryTime } from './back-off.ts'
import { dayIn, dayMs, daysBetween, later, minuteMs } from './days.ts'
import { abandoned, bankRests, quotaExhausted, wordsFor } from './failure-words.ts'
import { budget, type Call, defaultDailyLimit, restUntil, type Told } from './quota.ts'
import { narrowed, windowFor } from './window.ts'

type SyncIds = { syncId: string; runId: string; connectionId: string; accountId: string }
export type OpenSync = SyncIds & {
  account: FeedAccount
  attempt: number
  window: Window
  startedAt: string
  phase: 'fetching' | 'storing' | 'materialising'
  balances: boolean
}

/**
 * One account's syncs, calls and watermarks. Plain JSON: the read model `feed_states` keeps the same fold. All instants are
 * as `Date.toISOString()` prints them, so that they compare as text.
 */
export type Feed = {
  /** By provider, the last day whose rows of it are in the lake: one that is new to the account tells its whole history. */
  watermarks: Readonly<Record<string, string>>
  open: Record<string, OpenSync>
  /** The newest syncs that came to an end; older ones are forgotten, their commands long past redelivery. */
  finished: string[]
  calls: Call[]
  told: Partial<Record<Scope, Told>>
  /** The bank's time when the newest sync started. */
  lastStartedAt: string | null
  /** The day on which the bank brought its data up to date, where the newest answer was found stale. */
  staleSince: string | null
  /** Of the newest sync, where it failed. */
  failure: { syncId: string; attempt: number; retryAt: string | null } | null
  /** Connections at whose bank the account is closed or unknown: nobody asks there by itself until an answer comes again. */
  closedAt: string[]
  /** The bank asked for the user's word through this connection (the bank's time), and has given no rows by it since. */
  refused: { connectionId: string; at: string } | null
}

/** How long a sync may fetch before another one takes its place. */
export const abandonedAfterMs = 15 * minuteMs
const finishedKept = 32
/** So often one sync asks again for fewer days. */
export const maxNarrowings = 4

export type StartSync = {
  type: 'StartSync'
  syncId: string
  runId: string
  account: FeedAccount
  attempt: number
  bankNow: string
  startedAt: string
}
/** `callId` is new each time; where a call of this sync and scope is still open, its outcome is given up as unknown. */
export type IntendCall = {
  type: 'IntendCall'
  syncId: string
  callId: string
  scope: Scope
  bankNow: string
  at: string
}
export type Answer = { callId: string; raw: RawRef; fetchedAt: string; bankNow: string; quota?: Quota }
export type CompleteFetch = {
  type: 'CompleteFetch'
  syncId: string
  transactions: Answer
  balances?: Answer
  /** The day of the account's zone on which the bank last brought the transactions up to date, where it says. */
  updatedOn?: string
}
export type FailCall = Failure & {
  type: 'FailCall'
  syncId: string
  callId: string
  scope: Scope
  code: string
  spent: 'yes' | 'no' | 'unknown'
  /** The first day that the bank would answer for, where it named one as it refused the window. */
  earliest?: string
  bankNow: string
  at: string
}
/** It ends before a call could be made; nothing is tried again by itself. */
export type FailSync = { type: 'FailSync'; syncId: string; code: string; detail: string; at: string }
export type RecordStored = {
  type: 'RecordStored'
  syncId: string
  window: Window
  counts: Extract<FeedEvent, { type: 'SyncStored' }>['data']['counts']
  storedAt: string
}
export type CompleteSync = { type: 'CompleteSync'; syncId: string; completedAt: string }
export type FeedCommand = StartSync | IntendCall | CompleteFetch | FailCall | FailSync | RecordStored | CompleteSync

export const initial: Feed = {
  watermarks: {},
  open: {},
  finished: [],
  calls: [],
  told: {},
  lastStartedAt: null,
  staleSince: null,
  failure: null,
  closedAt: [],
  refused: null,
}

/** What a bank says of an account that it will not have again: asked each day it would count each refusal (§3.3). */
const closes: readonly string[] = ['close_account', 'not_found']

export function decide(command: FeedCommand, state: Feed): FeedEvent[] {
  if (state.finished.includes(command.syncId)) return []
  if (command.type === 'StartSync') return start(command, state)
  const sync = state.open[command.syncId]
  if (sync === undefined) return []
  switch (command.type) {
    case 'IntendCall':
      return intend(command, sync, state)
    case 'CompleteFetch':
      return completeFetch(command, sync)
    case 'FailCall':
      return failCall(command, sync, state)
    case 'FailSync':
      return sync.phase === 'fetching' ? [failed(sync, command.at, command)] : []
    case 'RecordStored':
      return store(command, sync)
    case 'CompleteSync':
      return complete(command, sync)
  }
}

const ids = ({ syncId, runId, connectionId, accountId }: SyncIds): SyncIds => ({
  syncId,
  runId,
  connectionId,
  accountId,
})

function failed(
  sync: OpenSync,
  failedAt: string,
  { code, detail, retryAt }: { code: string; detail: string; retryAt?: string | undefined },
): FeedEvent {
  const again = retryAt === undefined ? {} : { retryAt }
  return { type: 'SyncFailed', data: { ...ids(sync), code, detail, attempt: sync.attempt, ...again, failedAt } }
}

function start({ type: _, ...data }: StartSync, state: Feed): FeedEvent[] {
  if (state.open[data.syncId] !== undefined) return []
  const others = Object.values(state.open).filter((sync) => sync.phase === 'fetching')
  if (others.some((sync) => data.startedAt < later(sync.startedAt, abandonedAfterMs))) {
    throw refuse(
      'sync_in_progress',
      `Another sync of account ${data.account.accountId} is asking the bank; wait for it.`,
    )
  }
  const { account } = data
  const today = dayIn(data.bankNow, account.timeZone)
  const window = windowFor(today, account.historyDays, state.watermarks[account.provider] ?? null)
  const { connectionId, accountId } = account
  return [
    ...others.map((sync) => failed(sync, data.startedAt, { code: 'abandoned', detail: abandoned })),
    { type: 'SyncStarted', data: { ...data, connectionId, accountId, window } },
  ]
}

/** The day's budget is kept here: without any left, transactions fail the sync and balances are left out. */
function intend({ callId, scope, bankNow, at }: IntendCall, sync: OpenSync, state: Feed): FeedEvent[] {
  if (sync.phase !== 'fetching') return []
  const lost = state.calls.filter((c) => c.syncId === sync.syncId && c.scope === scope && c.outcome === 'open')
  const events = lost.map(
    (call): FeedEvent => ({
      type: 'CallFailed',
      data: {
        ...ids(sync),
        callId: call.callId,
        scope,
        code: 'outcome_unknown',
        action: 'retry_later',
        spent: 'unknown',
        counted: false,
        bankNow,
      },
    }),
  )
  const left = budget(state.calls, state.told[scope], scope, bankNow)
  const rest = restUntil(state.calls, bankNow)
  const allowed = left.remaining > 0 && rest === undefined
  if (allowed) return [...events, { type: 'CallIntended', data: { ...ids(sync), callId, scope, bankNow } }]
  if (scope !== 'transactions') return events
  const reason =
    rest === undefined
      ? { code: 'quota_exhausted', detail: quotaExhausted, retryAt: left.resetsAt ?? later(bankNow, dayMs) }
      : { code: 'bank_rests', detail: bankRests, retryAt: rest }
  return [...events, failed(sync, at, reason)]
}

function completeFetch({ transactions, balances, updatedOn }: CompleteFetch, sync: OpenSync): FeedEvent[] {
  if (sync.phase !== 'fetching') return []
  const { account, window } = sync
  const events: FeedEvent[] = [
    { type: 'TransactionsFetched', data: { ...ids(sync), account, window, ...transactions } },
  ]
  if (balances !== undefined) events.push({ type: 'BalancesFetched', data: { ...ids(sync), ...balances } })
  if (updatedOn !== undefined && daysBetween(updatedOn, window.to) > STALE_AFTER_DAYS) {
    const { callId, bankNow } = transactions
    events.push({ type: 'AnswerFoundStale', data: { ...ids(sync), callId, updatedOn, bankNow } })
  }
  return events
}

function failCall(command: FailCall, sync: OpenSync, state: Feed): FeedEvent[] {
  const { callId, scope, code, action, spent, counted, bankNow } = command
  const call = state.calls.find((c) => c.callId === callId)
  if (sync.phase !== 'fetching' || call?.outcome !== 'open') return []
  const reset = resetTime(command, bankNow)
  const resets = reset === undefined ? {} : { resetsAt: reset }
  const event: FeedEvent = {
    type: 'CallFailed',
    data: { ...ids(sync), callId, scope, code, action, spent, counted, bankNow, ...resets },
  }
  if (scope !== 'transactions') return [event]
  const window = action === 'narrow_window' ? narrowedOnceMore(command, sync, state) : undefined
  if (window !== undefined) {
    return [event, { type: 'WindowNarrowed', data: { ...ids(sync), callId, window, bankNow } }]
  }
  const restsUntil = restUntil(evolve(state, event).calls, bankNow)
  const retryAt = retryTime(command, { attempt: sync.attempt, now: bankNow, restsUntil })
  return [event, failed(sync, command.at, { code, detail: wordsFor(action), retryAt })]
}

/** Bounded, since a bank that names another day each time would be asked for ever. */
function narrowedOnceMore({ earliest }: FailCall, sync: OpenSync, { calls }: Feed): Window | undefined {
  const asked = calls.filter((call) => call.syncId === sync.syncId && call.scope === 'transactions').length
  return asked > maxNarrowings ? undefined : narrowed(sync.window, earliest)
}

function store({ window, counts, storedAt }: RecordStored, sync: OpenSync): FeedEvent[] {
  return sync.phase === 'storing' ? [{ type: 'SyncStored', data: { ...ids(sync), window, counts, storedAt } }] : []
}

function complete({ completedAt }: CompleteSync, sync: OpenSync): FeedEvent[] {
  if (sync.phase !== 'materialising') {
    throw refuse('conflict', `Sync ${sync.syncId} is shown before it was noted as stored; note that first.`)
  }
  const status = sync.balances ? 'completed' : 'partial'
  return [{ type: 'SyncCompleted', data: { ...ids(sync), status, completedAt } }]
}

export function evolve(state: Feed, event: FeedEvent): Feed {
  const { type, data } = event
  switch (type) {
    case 'SyncStarted': {
      if (state.open[data.syncId] !== undefined || state.finished.includes(data.syncId)) return state
      const { account, attempt, window, startedAt } = data
      const sync = { ...ids(data), account, attempt, window, startedAt, phase: 'fetching', balances: false } as const
      return { ...state, open: { ...state.open, [data.syncId]: sync }, lastStartedAt: data.bankNow, failure: null }
    }
    case 'CallIntended': {
      const { callId, syncId, scope, bankNow: at } = data
      if (state.calls.some((c) => c.callId === callId)) return state
      const kept = state.calls.filter((c) => Math.abs(Date.parse(at) - Date.parse(c.at)) < 2 * dayMs)
      return { ...state, calls: [...kept, { callId, syncId, scope, at, outcome: 'open', counted: false }] }
    }
    case 'CallFailed': {
      const outcome = ({ yes: 'spent', no: 'unspent', unknown: 'unknown' } as const)[data.spent]
      const calls = settled(state.calls, data.callId, { outcome, counted: data.counted })
      const isClosed = data.scope === 'transactions' && closes.includes(data.action)
      const closedAt = isClosed ? [...new Set([...state.closedAt, data.connectionId])] : state.closedAt
      return { ...state, calls, told: throttled(state.told, data), closedAt, refused: refusedBy(state, data) }
    }
    case 'TransactionsFetched':
      return answered(
        {
          ...withSync(state, data.syncId, { phase: 'storing' }),
          staleSince: null,
          closedAt: state.closedAt.filter((connectionId) => connectionId !== data.connectionId),
          refused: state.refused?.connectionId === data.connectionId ? null : state.refused,
        },
        'transactions',
        data,
      )
    case 'AnswerFoundStale':
      return { ...state, staleSince: data.updatedOn }
    case 'WindowNarrowed':
      return withSync(state, data.syncId, { window: data.window })
    case 'BalancesFetched':
      return answered(withSync(state, data.syncId, { balances: true }), 'balances', data)
    case 'SyncFailed':
      return fail(state, data)
    case 'SyncStored': {
      const { to } = data.window
      const provider = state.open[data.syncId]?.account.provider
      if (provider === undefined) return state
      const before = state.watermarks[provider]
      const watermarks = { ...state.watermarks, [provider]: before === undefined || before < to ? to : before }
      return { ...withSync(state, data.syncId, { phase: 'materialising' }), watermarks }
    }
    case 'SyncCompleted':
      return finish(state, data.syncId)
  }
}

function refusedBy(
  { refused, calls }: Feed,
  { connectionId, callId, scope, action, bankNow: at }: Extract<FeedEvent, { type: 'CallFailed' }>['data'],
): Feed['refused'] {
  const isNews = calls.some((call) => call.callId === callId && call.outcome === 'open')
  return isNews && scope === 'transactions' && asksTheUser(action) ? { connectionId, at } : refused
}

function withSync(state: Feed, syncId: string, changed: Partial<OpenSync>): Feed {
  const sync = state.open[syncId]
  return sync === undefined ? state : { ...state, open: { ...state.open, [syncId]: { ...sync, ...changed } } }
}

const settled = (calls: Call[], callId: string, outcome: Partial<Call>): Call[] =>
  calls.map((call) => (call.callId === callId ? { ...call, ...outcome } : call))

function answered(state: Feed, scope: Scope, data: { callId: string; bankNow: string; quota?: Quota }): Feed {
  const told = data.quota === undefined ? state.told : { ...state.told, [scope]: { ...data.quota, at: data.bankNow } }
  return { ...state, told, calls: settled(state.calls, data.callId, { outcome: 'spent' }) }
}

function fail(state: Feed, { syncId, attempt, retryAt }: { syncId: string; attempt: number; retryAt?: string }): Feed {
  if (state.open[syncId] === undefined) return state
  return { ...finish(state, syncId), failure: { syncId, attempt, retryAt: retryAt ?? null } }
}

/** A bank that allows no more until a time has told us its quota: nobody, not even the user, asks before. */
function throttled(
  told: Feed['told'],
  { scope, bankNow, resetsAt }: { scope: Scope; bankNow: string; resetsAt?: string },
): Feed['told'] {
  if (resetsAt === undefined) return told
  const limit = told[scope]?.limit ?? defaultDailyLimit
  return { ...told, [scope]: { limit, remaining: 0, resetsAt, at: bankNow } }
}

function finish(state: Feed, syncId: string): Feed {
  if (state.open[syncId] === undefined) return state
  const { [syncId]: _, ...open } = state.open
  return { ...state, open, finished: [...state.finished, syncId].slice(-finishedKept) }
}
