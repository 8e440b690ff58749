import { type FeedView, type InputOf, type Rest, refuse, type requests, type Scope } from '@pf/contracts'
import { held } from '../domain/failure-words.ts'
import { type MissedDays, told } from '../domain/feed.ts'
import { holdOn } from '../domain/hold.ts'
import { without } from '../domain/missed.ts'
import type { ProviderFeed } from '../domain/provider-feed.ts'
import { budget } from '../domain/quota.ts'
import { nextSyncAt } from '../domain/schedule.ts'
import type { SyncRow } from '../read/syncs.ts'
import type { Parts } from './parts.ts'
import { scheduledFeeds } from './schedule-syncs.ts'

const defaultLimit = 50
const maxConnections = 500
/** Imported files of the accounts that have missed days: the newest are looked at. */
const maxStatements = 5000
const scopes = ['transactions', 'balances'] as const satisfies readonly Scope[]

/** Newest first; the cursor names the last row of the page before. Throws invalid_input for a cursor that is none. */
export async function syncsOf(
  { views }: { views: Pick<Parts['views'], 'syncs'> },
  spaceId: string,
  { run_id, connection_id, account_id, limit = defaultLimit, cursor }: InputOf<typeof requests.extraction.syncs>,
): Promise<{ items: Rest.Sync[]; next_cursor?: string }> {
  const rows = await views.syncs.find({
    where: {
      spaceId,
      ...(run_id === undefined ? {} : { runId: run_id }),
      ...(connection_id === undefined ? {} : { connectionId: connection_id }),
      ...(account_id === undefined ? {} : { accountId: account_id }),
    },
    orderBy: [
      { column: 'requestedAt', descending: true },
      { column: 'syncId', descending: true },
    ],
    ...(cursor === undefined ? {} : { after: positionOf(cursor) }),
    limit: limit + 1,
  })
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items: items.map(viewOf), ...(last === undefined ? {} : { next_cursor: cursorOf(last) }) }
}

const cursorOf = ({ requestedAt, syncId }: SyncRow): string =>
  Buffer.from(JSON.stringify([requestedAt, syncId])).toString('base64url')

function positionOf(cursor: string): string[] {
  try {
    const said: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(said) && said.length === 2 && said.every((part) => typeof part === 'string')) {
      const [requestedAt, syncId] = said as [string, string]
      if (!Number.isNaN(Date.parse(requestedAt))) return [requestedAt, syncId]
    }
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw refuse('invalid_input', 'The cursor is not one that we handed out; send next_cursor as it was.')
}

/** Throws sync_not_found, also for another space's. */
export async function syncOf(parts: Parts, spaceId: string, syncId: string): Promise<Rest.Sync> {
  const [row] = await parts.views.syncs.find({ where: { spaceId, syncId }, limit: 1 })
  if (row === undefined) throw refuse('sync_not_found', `There is no sync ${syncId}.`)
  return viewOf(row)
}

function viewOf(row: SyncRow): Rest.Sync {
  return {
    id: row.syncId,
    run_id: row.runId,
    connection_id: row.connectionId,
    account_id: row.accountId,
    trigger: row.trigger,
    status: row.status,
    window: row.windowFrom === null || row.windowTo === null ? null : { from: row.windowFrom, to: row.windowTo },
    missed: row.missedFrom === null || row.missedTo === null ? null : { from: row.missedFrom, to: row.missedTo },
    calls: row.callIds.length,
    observed: row.observed,
    added: row.added,
    updated: row.updated,
    unchanged: row.unchanged,
    held: row.held,
    requested_at: row.requestedAt,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    retry_at: row.retryAt,
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? '' },
  }
}

/**
 * Per account of the space's connections: its newest sync, the next one, and what is left of the bank's allowance. Without
 * the latter two where the provider's time is not known.
 */
export async function feedsOf(parts: Parts, spaceId: string, connectionId?: string): Promise<FeedView[]> {
  const rows = await parts.views.feedConnections.find({
    where: { spaceId, ...(connectionId === undefined ? {} : { connectionId }) },
    limit: maxConnections,
  })
  const scheduled = new Map((await scheduledFeeds(parts, rows)).map((feed) => [nameOf(feed.account), feed]))
  const accounts = rows.flatMap((row) =>
    row.accounts.map(({ accountId }) => ({ accountId, connectionId: row.connectionId, provider: row.provider })),
  )
  const accountIds = accounts.map(({ accountId }) => accountId)
  const states = await parts.views.feedStates.find({ where: { accountId: accountIds }, limit: accountIds.length })
  const feeds = new Map(states.map((state) => [state.accountId, state.feed]))
  const missed = await missedDays(parts, feeds)
  return Promise.all(
    accounts.map(async (account): Promise<FeedView> => {
      const { accountId, connectionId: of } = account
      const said = told(feeds.get(accountId), account.provider)
      const feed = scheduled.get(nameOf(account))
      const [last, stored] = await Promise.all([
        newest(parts, { accountId, connectionId: of }),
        newest(parts, { accountId, status: ['completed', 'partial'] }),
      ])
      return {
        account_id: accountId,
        connection_id: of,
        last_sync: last === undefined ? null : lastSyncOf(last),
        last_synced_at: stored?.finishedAt ?? null,
        stale_since: said.staleSince,
        missed: missed.get(accountId) ?? [],
        held: feed === undefined ? null : heldBy(said, feed.now),
        next_sync_at: feed === undefined ? null : nextSyncAt(feed),
        quota: feed === undefined ? [] : quotaOf(accountId, said, feed.now),
      }
    }),
  )
}

/** By account: the days that no fetch and no statement file has told of. */
async function missedDays(
  { views }: Parts,
  feeds: ReadonlyMap<string, { missed: readonly MissedDays[] }>,
): Promise<Map<string, FeedView['missed']>> {
  const open = [...feeds].filter(([, { missed }]) => missed.length > 0)
  if (open.length === 0) return new Map()
  const where = { accountId: open.map(([accountId]) => accountId) }
  const orderBy = [{ column: 'windowTo', descending: true }] as const
  const files = await views.statementDays.find({ where, orderBy, limit: maxStatements })
  return new Map(
    open.map(([accountId, { missed }]) => {
      const own = files.filter((file) => file.accountId === accountId)
      const told = own.map(({ windowFrom, windowTo }) => ({ from: windowFrom, to: windowTo }))
      const left = without(missed, told)
      return [accountId, left.map(({ connectionId, from, to }) => ({ connection_id: connectionId, from, to }))]
    }),
  )
}

function heldBy(said: ProviderFeed, now: string): FeedView['held'] {
  const hold = holdOn(said, { scope: 'transactions', now })
  return hold === undefined ? null : { code: held[hold.reason].code, until: hold.until }
}

const nameOf = ({ connectionId, accountId }: { connectionId: string; accountId: string }) =>
  `${connectionId} ${accountId}`

function quotaOf(accountId: string, { calls, told }: ProviderFeed, now: string): FeedView['quota'] {
  return scopes.map((scope) => {
    const { limit, remaining, resetsAt } = budget(calls, told[scope], scope, now)
    return { account_id: accountId, scope, limit, remaining, resets_at: resetsAt }
  })
}

type Where = Parameters<Parts['views']['syncs']['find']>[0]['where']

async function newest(parts: Parts, where: Where): Promise<SyncRow | undefined> {
  const orderBy = [
    { column: 'requestedAt', descending: true },
    { column: 'syncId', descending: true },
  ] as const
  const [row] = await parts.views.syncs.find({ where, orderBy, limit: 1 })
  return row
}

function lastSyncOf(row: SyncRow): FeedView['last_sync'] {
  const error: Rest.Problem | null =
    row.errorCode === null
      ? null
      : {
          type: 'about:blank',
          title: 'The sync failed',
          status: 503,
          code: row.errorCode,
          detail: row.errorDetail ?? '',
        }
  return { id: row.syncId, status: row.status, finished_at: row.finishedAt, error }
}
