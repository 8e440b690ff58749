import type { RunEvent, Scope } from '@pf/contracts'
import { ObjectNotFound } from '@pf/object-store'
import { type BankFeed, type Fetched, ProviderError } from '@pf/providers'
import type { Answer, Feed, OpenSync } from '../domain/feed.ts'
import { bankNow } from './bank-now.ts'
import { instant, sha256 } from './hashing.ts'
import type { Parts } from './parts.ts'

type Requested = RunEvent['data']
type Place = { spaceId: string; aggregateId: string }
/** One sync under way: the feed as last seen, and whom to ask. */
type Fetch = { at: Place; sync: OpenSync; state: Feed; bank: BankFeed; signal: AbortSignal }

/** Waits between tries to keep an answer: the bank may not give it twice today, so a store in trouble is waited for. */
const keepAgainMs = [100, 500, 2_000, 10_000, 30_000, 60_000, 60_000, 60_000] as const
export const keepTries = keepAgainMs.length + 1

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
      bankNow: await bankNow(parts.providers, account.provider),
      startedAt: parts.clock.now().toISOString(),
    },
    { commandId: `start:${syncId}` },
  )
  const sync = started.state.open[syncId]
  if (sync?.phase !== 'fetching') return
  if (bank === undefined) return refuseUnconfigured(parts, at, syncId, account.provider)
  const fetch = { at, sync, state: started.state, bank, signal }
  const transactions = await answerOf(parts, fetch, 'transactions')
  if (transactions === undefined) return
  const balances = await answerOf(parts, fetch, 'balances')
  await parts.feeds.handle(
    at,
    { type: 'CompleteFetch', syncId, transactions, ...(balances === undefined ? {} : { balances }) },
    { commandId: `fetched:${syncId}` },
  )
}

async function refuseUnconfigured(parts: Parts, at: Place, syncId: string, provider: string): Promise<void> {
  const detail = `The provider "${provider}" of this connection is not set up here any more.`
  await parts.feeds.handle(
    at,
    { type: 'FailSync', syncId, code: 'provider_not_configured', detail, at: parts.clock.now().toISOString() },
    { commandId: `unconfigured:${syncId}` },
  )
}

/** The bank's answer, kept; undefined where it could not be had, which the feed knows by then. */
async function answerOf(parts: Parts, fetch: Fetch, scope: Exclude<Scope, 'details'>): Promise<Answer | undefined> {
  const { at, sync, state, bank } = fetch
  const before = state.calls.filter((call) => call.syncId === sync.syncId && call.scope === scope)
  const open = before.find((call) => call.outcome === 'open')
  if (open !== undefined) {
    const kept = await keptAnswer(parts, fetch, open)
    if (kept !== undefined) return kept
  } else if (before.some((call) => call.outcome !== 'unknown')) {
    // It failed in the try before this one, and the feed knows.
    return undefined
  }
  const callId = parts.ids.uuid()
  const { events } = await parts.feeds.handle(
    at,
    {
      type: 'IntendCall',
      syncId: sync.syncId,
      callId,
      scope,
      bankNow: await bankNow(parts.providers, sync.account.provider),
      at: parts.clock.now().toISOString(),
    },
    { commandId: `intend:${callId}` },
  )
  if (!events.some((event) => event.type === 'CallIntended')) return undefined
  try {
    return await keep(parts, fetch, callId, await ask(bank, sync, scope))
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    await failCall(parts, fetch, { callId, scope, error })
    return undefined
  }
}

function ask(bank: BankFeed, { account, window }: OpenSync, scope: Exclude<Scope, 'details'>): Promise<Fetched> {
  const { providerAccountId } = account
  return scope === 'balances'
    ? bank.balances(providerAccountId)
    : bank.transactions(providerAccountId, { dateFrom: window.from })
}

const keyOf = ({ at }: Fetch, callId: string): string => `raw/${at.spaceId}/${at.aggregateId}/${callId}.zst`

async function keep(parts: Parts, fetch: Fetch, callId: string, fetched: Fetched): Promise<Answer> {
  const { body, quota } = fetched
  const key = keyOf(fetch, callId)
  const sealed = await parts.keys.sealObject(fetch.at.spaceId, fetch.at.aggregateId, body)
  for (const [tries, waitMs] of [...keepAgainMs, undefined].entries()) {
    try {
      await parts.objects.put(key, sealed)
      break
    } catch (error) {
      if (waitMs === undefined || fetch.signal.aborted)
        throw new Error(`An answer could not be kept in ${tries + 1} tries.`, { cause: error })
      await parts.timing.wait(waitMs, fetch.signal)
    }
  }
  return {
    callId,
    raw: { key, sha256: sha256(body), bytes: body.byteLength },
    fetchedAt: instant(fetched.fetchedAt),
    bankNow: instant(fetched.bankNow),
    ...(quota === undefined ? {} : { quota: { ...quota, resetsAt: instant(quota.resetsAt) } }),
  }
}

/** The answer to a call that was cut short after it was kept and before an event told of it. */
async function keptAnswer(
  parts: Parts,
  fetch: Fetch,
  call: { callId: string; at: string },
): Promise<Answer | undefined> {
  const key = keyOf(fetch, call.callId)
  try {
    const sealed = await parts.objects.get(key)
    const body = await parts.keys.openObject(fetch.at.spaceId, fetch.at.aggregateId, sealed)
    return {
      callId: call.callId,
      raw: { key, sha256: sha256(body), bytes: body.byteLength },
      // When exactly it came is lost; the call was intended at `call.at`, and it is known from now on.
      fetchedAt: parts.clock.now().toISOString(),
      bankNow: call.at,
    }
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined
    throw error
  }
}

const spentOf = (spent: ProviderError['spent']) => (spent === 'unknown' ? 'unknown' : spent ? 'yes' : 'no')

async function failCall(
  parts: Parts,
  { at, sync }: Fetch,
  { callId, scope, error }: { callId: string; scope: Scope; error: ProviderError },
): Promise<void> {
  const { code, action, counted, spent, retryAfterSeconds } = error
  await parts.feeds.handle(
    at,
    {
      type: 'FailCall',
      syncId: sync.syncId,
      callId,
      scope,
      code,
      action,
      counted,
      spent: spentOf(spent),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      bankNow: await bankNow(parts.providers, sync.account.provider),
      at: parts.clock.now().toISOString(),
    },
    { commandId: `failed:${callId}` },
  )
}
