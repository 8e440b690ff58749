import { type FeedAccount, type FeedEvent, refuse, type Window } from '@pf/contracts'
import { STALE_AFTER_DAYS } from '@pf/providers/rules'
import { asksTheUser, isWithheld, resetTime, retryTime } from './back-off.ts'
import { dayIn, daysBetween, later, minuteMs } from './days.ts'
import { abandoned, held, wordsFor } from './failure-words.ts'
import type {
  CompleteFetch,
  CompleteSync,
  EndWithheld,
  FailCall,
  FeedCommand,
  IntendCall,
  RecordStored,
  StartSync,
} from './feed-commands.ts'
import { holdOn } from './hold.ts'
import { daysBefore, without } from './missed.ts'
import { neverAsked, type ProviderFeed, withAnswer, withCall, withFailedCall, withRowsUntil } from './provider-feed.ts'
import { restUntil } from './quota.ts'
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
 * One account's syncs, and what each provider told of it. Plain JSON: the read model `feed_states` keeps the same fold. All
 * instants are as `Date.toISOString()` prints them, so that they compare as text.
 */
export type Feed = {
  open: Record<string, OpenSync>
  /** The newest syncs that came to an end; older ones are forgotten, their commands long past redelivery. */
  finished: string[]
  /** By provider instance. */
  providers: Record<string, ProviderFeed>
  /** Days that no fetch has told of, and by which connection the bank could not: the newest fetch began after them. */
  missed: MissedDays[]
  /** Connections at whose bank the account is closed or unknown: nobody asks there by itself until an answer comes again. */
  closedAt: string[]
}

export type MissedDays = Window & { connectionId: string }

/** How long a sync may fetch before another one takes its place. */
export const abandonedAfterMs = 15 * minuteMs
const finishedKept = 32
const missedKept = 16
/** So often one sync asks again for fewer days. */
export const maxNarrowings = 4

/** Its state is kept every 50 messages; raise `shape` with Feed, and with what `evolve` makes of an event. */
export const snapshot = { shape: 1 }

export const initial: Feed = { open: {}, finished: [], providers: {}, missed: [], closedAt: [] }

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
      return completeFetch(command, sync, state)
    case 'EndWithheld':
      return endWithheld(command, sync)
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
  const { account } = data
  // Another provider is another bank to ask: its sync is in nobody's way.
  const others = Object.values(state.open).filter(
    (sync) => sync.phase === 'fetching' && sync.account.provider === account.provider,
  )
  if (others.some((sync) => data.startedAt < later(sync.startedAt, abandonedAfterMs))) {
    throw refuse(
      'sync_in_progress',
      `Another sync of account ${data.account.accountId} is asking the bank; wait for it.`,
    )
  }
  const { watermark } = told(state, account.provider)
  const window = windowFor(dayIn(data.bankNow, account.timeZone), account.historyDays, watermark)
  const { connectionId, accountId } = account
  return [
    ...others.map((sync) => failed(sync, data.startedAt, { code: 'abandoned', detail: abandoned })),
    { type: 'SyncStarted', data: { ...data, connectionId, accountId, window } },
  ]
}

/** The day's budget is kept here: without any left, transactions fail the sync and balances are left out. */
function intend({ callId, scope, insists = false, bankNow, at }: IntendCall, sync: OpenSync, state: Feed): FeedEvent[] {
  if (sync.phase !== 'fetching') return []
  const asked = told(state, sync.account.provider)
  const lost = asked.calls.filter((c) => c.syncId === sync.syncId && c.scope === scope && c.outcome === 'open')
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
  const withheldAt = asked.withheldAt[scope]
  if (withheldAt !== undefined && isWithheld(withheldAt, bankNow)) {
    // Told to this very sync it is the bank's word on it, whoever insists.
    const told = asked.calls.some((c) => c.syncId === sync.syncId && c.scope === scope && c.at <= withheldAt)
    if (told || !insists) return events
  }
  const hold = holdOn(asked, { scope, now: bankNow })
  if (hold === undefined) return [...events, { type: 'CallIntended', data: { ...ids(sync), callId, scope, bankNow } }]
  if (scope !== 'transactions') return events
  return [...events, failed(sync, at, { ...held[hold.reason], retryAt: hold.until })]
}

function completeFetch({ transactions, balances, updatedOn }: CompleteFetch, sync: OpenSync, state: Feed): FeedEvent[] {
  if (sync.phase !== 'fetching') return []
  const { account, window } = sync
  const { callId, bankNow } = transactions
  const events: FeedEvent[] = [
    { type: 'TransactionsFetched', data: { ...ids(sync), account, window, ...transactions } },
  ]
  if (balances !== undefined) events.push({ type: 'BalancesFetched', data: { ...ids(sync), ...balances } })
  if (updatedOn !== undefined && daysBetween(updatedOn, window.to) > STALE_AFTER_DAYS) {
    events.push({ type: 'AnswerFoundStale', data: { ...ids(sync), callId, updatedOn, bankNow } })
  }
  const missed = newlyMissed(window, state)
  if (missed !== undefined) events.push({ type: 'DaysMissed', data: { ...ids(sync), callId, ...missed, bankNow } })
  return events
}

/** Whoever told of the account: what lies between the last stored day and this window, less what was told or fetched already. */
function newlyMissed(window: Window, { providers, open, missed }: Feed): Window | undefined {
  const stored = Object.values(providers).flatMap(({ watermark }) => watermark ?? [])
  const between = daysBefore(window, stored.toSorted().at(-1))
  if (between === undefined) return undefined
  const fetched = Object.values(open).filter(({ phase }) => phase !== 'fetching')
  const left = without([between], [...missed, ...fetched.map((sync) => sync.window)])
  const [first, last] = [left[0], left.at(-1)]
  return first && last && { from: first.from, to: last.to }
}

function endWithheld({ balances, at }: EndWithheld, sync: OpenSync): FeedEvent[] {
  if (sync.phase !== 'fetching') return []
  const end = failed(sync, at, { code: 'transactions_withheld', detail: wordsFor('resource_unavailable') })
  return balances === undefined ? [end] : [{ type: 'BalancesFetched', data: { ...ids(sync), ...balances } }, end]
}

function failCall(command: FailCall, sync: OpenSync, state: Feed): FeedEvent[] {
  const { callId, scope, code, action, spent, counted, bankNow } = command
  const { provider } = sync.account
  const { calls } = told(state, provider)
  const call = calls.find((c) => c.callId === callId)
  if (sync.phase !== 'fetching' || call?.outcome !== 'open') return []
  const reset = resetTime(command, bankNow)
  const resets = reset === undefined ? {} : { resetsAt: reset }
  const event: FeedEvent = {
    type: 'CallFailed',
    data: { ...ids(sync), callId, scope, code, action, spent, counted, bankNow, ...resets },
  }
  // What is withheld ends the sync when the account's other resources were asked for (`EndWithheld`).
  if (scope !== 'transactions' || action === 'resource_unavailable') return [event]
  const window = action === 'narrow_window' ? narrowedOnceMore(command, sync, calls) : undefined
  if (window !== undefined) {
    return [event, { type: 'WindowNarrowed', data: { ...ids(sync), callId, window, bankNow } }]
  }
  const restsUntil = restUntil(told(evolve(state, event), provider).calls, bankNow)
  const retryAt = retryTime(command, { attempt: sync.attempt, now: bankNow, restsUntil })
  return [event, failed(sync, command.at, { code, detail: wordsFor(action), retryAt })]
}

/** Bounded, since a bank that names another day each time would be asked for ever. */
function narrowedOnceMore({ earliest }: FailCall, sync: OpenSync, calls: ProviderFeed['calls']): Window | undefined {
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
      const opened = { ...state, open: { ...state.open, [data.syncId]: sync } }
      return withTold(opened, account.provider, (feed) => ({ ...feed, lastStartedAt: data.bankNow, failure: null }))
    }
    case 'CallIntended': {
      const { callId, syncId, scope, bankNow: at } = data
      return withTold(state, askedBy(state, data), (feed) => withCall(feed, { callId, syncId, scope, at }))
    }
    case 'CallFailed': {
      const isClosed = data.scope === 'transactions' && closes.includes(data.action)
      const closedAt = isClosed ? [...new Set([...state.closedAt, data.connectionId])] : state.closedAt
      return withTold({ ...state, closedAt }, askedBy(state, data), (feed) => ({
        ...withFailedCall(feed, data),
        refused: refusedBy(feed, data),
        withheldAt:
          data.action === 'resource_unavailable' ? { ...feed.withheldAt, [data.scope]: data.bankNow } : feed.withheldAt,
        pausedAt: pauses(data) ? data.bankNow : feed.pausedAt,
      }))
    }
    case 'TransactionsFetched': {
      const closedAt = state.closedAt.filter((connectionId) => connectionId !== data.connectionId)
      const next = { ...withSync(state, data.syncId, { phase: 'storing' }), closedAt }
      return withTold(next, askedBy(state, data), (feed) => ({
        ...withAnswer(feed, 'transactions', data),
        staleSince: null,
        refused: feed.refused?.connectionId === data.connectionId ? null : feed.refused,
      }))
    }
    case 'AnswerFoundStale':
      return withTold(state, askedBy(state, data), (feed) => ({ ...feed, staleSince: data.updatedOn }))
    case 'DaysMissed': {
      const { connectionId, from, to } = data
      const missed = [...without(state.missed, [data]), { connectionId, from, to }]
      return { ...state, missed: missed.toSorted((a, b) => (a.from < b.from ? -1 : 1)).slice(-missedKept) }
    }
    case 'WindowNarrowed':
      return withSync(state, data.syncId, { window: data.window })
    case 'BalancesFetched': {
      const next = withSync(state, data.syncId, { balances: true })
      return withTold(next, askedBy(state, data), (feed) => withAnswer(feed, 'balances', data))
    }
    case 'SyncFailed': {
      const { syncId, attempt, retryAt = null } = data
      const provider = state.open[syncId]?.account.provider
      return withTold(finish(state, syncId), provider, (feed) => ({ ...feed, failure: { syncId, attempt, retryAt } }))
    }
    case 'SyncStored': {
      const provider = state.open[data.syncId]?.account.provider
      const missed = without(state.missed, [data.window])
      const next = withSync({ ...state, missed }, data.syncId, { phase: 'materialising' })
      return withTold(next, provider, (feed) => withRowsUntil(feed, data.window.to))
    }
    case 'SyncCompleted':
      return finish(state, data.syncId)
  }
}

const pauses = ({ scope, action }: Extract<FeedEvent, { type: 'CallFailed' }>['data']): boolean =>
  scope === 'transactions' && action === 'pause_and_check_account'

function refusedBy(
  { refused, calls }: ProviderFeed,
  { connectionId, callId, scope, action, bankNow: at }: Extract<FeedEvent, { type: 'CallFailed' }>['data'],
): ProviderFeed['refused'] {
  const isNews = calls.some((call) => call.callId === callId && call.outcome === 'open')
  return isNews && scope === 'transactions' && asksTheUser(action) ? { connectionId, at } : refused
}

/** What a provider told of the account so far. */
export const told = (state: Feed | undefined, provider: string): ProviderFeed =>
  state?.providers[provider] ?? neverAsked

/** Whom a call was made to; undefined for one that is long forgotten and comes again. */
function askedBy(state: Feed, { syncId, callId }: { syncId: string; callId: string }): string | undefined {
  const open = state.open[syncId]?.account.provider
  if (open !== undefined) return open
  return Object.entries(state.providers).find(([, { calls }]) => calls.some((call) => call.callId === callId))?.[0]
}

function withTold(state: Feed, provider: string | undefined, change: (feed: ProviderFeed) => ProviderFeed): Feed {
  if (provider === undefined) return state
  return { ...state, providers: { ...state.providers, [provider]: change(told(state, provider)) } }
}

function withSync(state: Feed, syncId: string, changed: Partial<OpenSync>): Feed {
  const sync = state.open[syncId]
  return sync === undefined ? state : { ...state, open: { ...state.open, [syncId]: { ...sync, ...changed } } }
}

function finish(state: Feed, syncId: string): Feed {
  if (state.open[syncId] === undefined) return state
  const { [syncId]: _, ...open } = state.open
  return { ...state, open, finished: [...state.finished, syncId].slice(-finishedKept) }
}
