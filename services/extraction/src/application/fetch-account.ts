import type { RunEvent, Scope } from '@pf/contracts'
import { type BankFeed, checkAnswer, type Fetched, localDayOf, ProviderError, UnreadablePayload } from '@pf/providers'
import { type Feed, type OpenSync, told } from '../domain/feed.ts'
import type { Answer } from '../domain/feed-commands.ts'
import { type AnswerPlace, keepAnswer, keptAnswer, readyKey } from './keep-answer.ts'
import type { Parts } from './parts.ts'

type Requested = RunEvent['data']
type Place = { spaceId: string; aggregateId: string }
/** One sync under way: the feed as last seen, and whom to ask. */
type Fetch = {
  at: Place
  sync: OpenSync
  state: Feed
  bank: BankFeed
  trigger: Requested['trigger']
  signal: AbortSignal
}

type AskedScope = Exclude<Scope, 'details'>

/** `kept`: resolves once it is in the store. And when the bank says that it brought it up to date. */
type Readable = { kept: Promise<Answer>; updatedOn?: string }

/**
 * Fetches one account for one sync: transactions, then balances, each intended before the bank is asked and kept before
 * any event tells of it. Repeating it after a crash goes on where it stopped and never asks for what lies in the store.
 * What the bank refuses becomes an event; what fails here is thrown, to be tried again.
 */
export async function fetchAccount(
  parts: Parts,
  spaceId: string,
  requested: Requested,
  signal: AbortSignal,
): Promise<void> {
  const { syncId, runId, account, attempt } = requested
  const at = { spaceId, aggregateId: account.accountId }
  const bank = parts.providers.find(account.provider)
  const started = await parts.feeds.handle(
    at,
    {
      type: 'StartSync',
      syncId,
      runId,
      account,
      attempt,
      bankNow: await parts.providers.askNow(account.provider),
      startedAt: parts.clock.now().toISOString(),
    },
    { commandId: `start:${syncId}` },
  )
  const sync = started.state.open[syncId]
  if (sync?.phase !== 'fetching') return
  if (bank === undefined) return refuseUnconfigured(parts, at, syncId, account.provider)
  const fetch = { at, sync, state: started.state, bank, trigger: requested.trigger, signal }
  const transactions = await transactionsOf(parts, fetch)
  if (transactions === undefined) return
  const other = await answerOf(parts, fetch, 'balances')
  const balances = other === undefined ? {} : { balances: await other.kept }
  if (transactions === 'withheld') {
    const end = { type: 'EndWithheld', syncId, ...balances, at: parts.clock.now().toISOString() } as const
    await parts.feeds.handle(at, end, { commandId: `withheld:${syncId}` })
    return
  }
  const { kept, updatedOn } = transactions
  await parts.feeds.handle(
    at,
    {
      type: 'CompleteFetch',
      syncId,
      transactions: await kept,
      ...balances,
      ...(updatedOn === undefined ? {} : { updatedOn }),
    },
    { commandId: `fetched:${syncId}` },
  )
}

/**
 * Asks for fewer days as long as the bank refuses so many and the feed knows of fewer to ask for. Undefined: the sync has
 * ended. Of an account whose transactions are withheld it goes on, for the rest.
 */
async function transactionsOf(parts: Parts, fetch: Fetch): Promise<Readable | 'withheld' | undefined> {
  let asked = fetch
  for (;;) {
    const found = await answerOf(parts, asked, 'transactions')
    if (found !== undefined) return found
    const { state } = await parts.feeds.load(asked.at)
    const sync = state.open[asked.sync.syncId]
    if (sync?.phase !== 'fetching') return undefined
    if (sync.window.from <= asked.sync.window.from) return 'withheld'
    asked = { ...asked, sync, state }
  }
}

async function refuseUnconfigured(parts: Parts, at: Place, syncId: string, provider: string): Promise<void> {
  const detail = `The provider "${provider}" of this connection is not set up here any more.`
  await parts.feeds.handle(
    at,
    { type: 'FailSync', syncId, code: 'provider_not_configured', detail, at: parts.clock.now().toISOString() },
    { commandId: `unconfigured:${syncId}` },
  )
}

/** The bank's answer, kept and readable; undefined where it could not be had, which the feed knows by then. */
async function answerOf(parts: Parts, fetch: Fetch, scope: AskedScope): Promise<Readable | undefined> {
  const { at, sync, state, bank, trigger, signal } = fetch
  const account = { spaceId: at.spaceId, accountId: at.aggregateId }
  const { calls } = told(state, sync.account.provider)
  const before = calls.filter((call) => call.syncId === sync.syncId && call.scope === scope)
  const open = before.find((call) => call.outcome === 'open')
  if (open !== undefined) {
    const place = { ...account, callId: open.callId }
    const kept = await keptAnswer(parts, place, open.at)
    if (kept !== undefined)
      return readable(parts, fetch, scope, place, async () => ({ body: kept.body, kept: Promise.resolve(kept.answer) }))
  } else if (scope !== 'transactions' && before.some((call) => call.outcome !== 'unknown')) {
    // It failed in the try before this one, and the feed knows. Of transactions it would know the sync's end, unless it
    // narrowed the window.
    return undefined
  }
  await readyKey(parts, account)
  const callId = parts.ids.uuid()
  const { events } = await parts.feeds.handle(
    at,
    {
      type: 'IntendCall',
      syncId: sync.syncId,
      callId,
      scope,
      insists: trigger === 'linked' || (trigger === 'user' && scope === 'transactions'),
      bankNow: await parts.providers.askNow(sync.account.provider),
      at: parts.clock.now().toISOString(),
    },
    { commandId: `intend:${callId}` },
  )
  if (!events.some((event) => event.type === 'CallIntended')) return undefined
  const place = { ...account, callId }
  return readable(parts, fetch, scope, place, async () => {
    const fetched = await ask(bank, sync, scope)
    return { body: fetched.body, kept: keepAnswer(parts, place, fetched, signal) }
  })
}

function ask(bank: BankFeed, { account, window }: OpenSync, scope: AskedScope): Promise<Fetched> {
  const { providerAccountId } = account
  return scope === 'balances'
    ? bank.balances(providerAccountId)
    : bank.transactions(providerAccountId, { dateFrom: window.from })
}

/**
 * What `asking` brings, where its rows can be read; it is being kept meanwhile, so that the bank can be asked for the next. A
 * call that the bank refused and an answer that nobody can read end in an event; the raw answer stays in the store, for whoever
 * looks into it.
 */
async function readable(
  parts: Parts,
  fetch: Fetch,
  scope: AskedScope,
  { callId }: AnswerPlace,
  asking: () => Promise<{ body: Uint8Array; kept: Promise<Answer> }>,
): Promise<Readable | undefined> {
  try {
    const { body, kept } = await asking()
    // Who waits for it hears of what went wrong; until then nobody listens.
    kept.catch(() => undefined)
    const updatedOn = localDayOf((await checked(scope, body, kept)).lastUpdated, fetch.sync.account.timeZone)
    return { kept, ...(updatedOn === undefined ? {} : { updatedOn }) }
  } catch (error) {
    const failure = error instanceof UnreadablePayload ? unreadable(error) : error
    if (!(failure instanceof ProviderError)) throw error
    await failCall(parts, fetch, { callId, scope, error: failure })
    return undefined
  }
}

/** What nobody can read is told of once it is kept. */
async function checked(scope: AskedScope, body: Uint8Array, kept: Promise<Answer>): Promise<{ lastUpdated?: string }> {
  try {
    return checkAnswer(scope, body)
  } catch (error) {
    await kept
    throw error
  }
}

/** The bank said that it succeeded, so that the call is spent. */
const unreadable = (cause: UnreadablePayload): ProviderError =>
  new ProviderError(
    { code: 'bad_answer', action: 'retry_later', spent: true, counted: false, status: 200, summary: cause.message },
    { cause },
  )

const spentOf = (spent: ProviderError['spent']) => (spent === 'unknown' ? 'unknown' : spent ? 'yes' : 'no')

/** Nothing that waits helps against these: somebody has to look. */
const operatorActions: readonly ProviderError['action'][] = [
  'stop_and_tell_operator',
  'refresh_token_and_retry_once',
  'fix_request',
]

async function failCall(
  parts: Parts,
  { at, sync }: Fetch,
  { callId, scope, error }: { callId: string; scope: Scope; error: ProviderError },
): Promise<void> {
  const { code, action, counted, spent, retryAfterSeconds, status, summary, earliest } = error
  const level = operatorActions.includes(action) ? 'error' : 'warn'
  const { syncId, account } = sync
  // The summary comes without ids, numbers and names; the answer itself and what caused the error are not told.
  const facts = { provider: account.provider, syncId, callId, scope, status, code, summary, action, spent }
  parts.logger[level](facts, 'the bank gave no usable answer')
  await parts.feeds.handle(
    at,
    {
      type: 'FailCall',
      syncId,
      callId,
      scope,
      code,
      action,
      counted,
      spent: spentOf(spent),
      ...(earliest === undefined ? {} : { earliest }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      bankNow: await parts.providers.askNow(account.provider),
      at: parts.clock.now().toISOString(),
    },
    { commandId: `failed:${callId}` },
  )
}
