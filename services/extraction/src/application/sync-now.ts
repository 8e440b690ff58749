import {
  DomainError,
  type Done,
  type InputOf,
  instant,
  type Principal,
  type Rest,
  refuse,
  type requests,
} from '@pf/contracts'
import { told } from '../domain/feed.ts'
import { type Hold, holdOn } from '../domain/hold.ts'
import { budget } from '../domain/quota.ts'
import { type FeedConnectionRow, readableUntil } from '../read/feed-connections.ts'
import type { Parts } from './parts.ts'
import { feedAccountOf, requestRun, standingRun } from './request-run.ts'

/** A run that is younger than this and has not ended is answered in place of a new one. */
const runningForMs = 10 * 60_000
const underway = ['queued', 'fetching', 'storing', 'materialising'] as const
const maxAccounts = 100

/**
 * The user's own "sync now". Accounts that may not be asked now are left out; where none may, it is refused with the time
 * at which the first may. Throws connection_not_found, connection_not_active, quota_exhausted, bank_rests.
 */
export async function syncNow(
  parts: Parts,
  { connectionId, commandId }: InputOf<typeof requests.extraction.sync>,
  { spaceId }: Principal,
): Promise<Done<Rest.SyncRun>> {
  const cause = `user:${connectionId}:${commandId}`
  const repeated = await standingRun(parts, spaceId, cause)
  if (repeated !== undefined) return repeated
  const [row] = await parts.views.feedConnections.find({ where: { spaceId, connectionId }, limit: 1 })
  if (row === undefined) throw refuse('connection_not_found', `There is no connection ${connectionId}.`)
  const now = await parts.providers.askNow(row.provider)
  if (readableUntil(row) <= now) throw refuse('connection_not_active', whyNot(row, now))
  const asked = await holdsOf(parts, row, now)
  const allowed = asked.filter(({ hold }) => hold === undefined).map(({ account }) => account)
  const running = await runningRun(parts, { spaceId, connectionId }, allowed)
  if (running !== undefined) return running
  if (allowed.length === 0) throw heldBack(asked, now)
  const accounts = allowed.map((account) => ({ account: feedAccountOf(row, account), attempt: 0 }))
  const { run, position } = await requestRun(parts, { spaceId, cause, trigger: 'user', accounts })
  return { ...run, ...(await parts.shown(position)) }
}

const whyNot = ({ readable, expiresAt }: FeedConnectionRow, now: string): string =>
  readable && expiresAt !== null && instant(expiresAt) > now
    ? 'The bank gives nothing until you have confirmed that the consent goes on; confirm it first.'
    : 'No consent stands for this connection; renew it first.'

/** A run under way that holds every account that a new one would hold; with none to hold, any. */
async function runningRun(
  parts: Parts,
  connection: { spaceId: string; connectionId: string },
  wanted: readonly { accountId: string }[],
): Promise<Rest.SyncRun | undefined> {
  const open = await parts.views.syncs.find({
    where: { ...connection, status: underway },
    orderBy: [{ column: 'requestedAt', descending: true }],
    limit: maxAccounts,
  })
  const now = parts.clock.now().getTime()
  const young = open.filter(({ requestedAt }) => now - Date.parse(requestedAt) < runningForMs)
  for (const runId of new Set(young.map((sync) => sync.runId))) {
    const run = await standingRunById(parts, connection.spaceId, runId)
    const held = new Set(run.syncs.map((sync) => sync.account_id))
    if (wanted.every(({ accountId }) => held.has(accountId))) return run
  }
  return undefined
}

async function standingRunById(parts: Parts, spaceId: string, runId: string): Promise<Rest.SyncRun> {
  const syncs = await parts.views.syncs.find({ where: { spaceId, runId }, orderBy: [{ column: 'syncId' }] })
  return { run_id: runId, syncs: syncs.map(({ syncId, accountId }) => ({ id: syncId, account_id: accountId })) }
}

type Asked = { account: FeedConnectionRow['accounts'][number]; limit: number; hold: Hold | undefined }

async function holdsOf(parts: Parts, row: FeedConnectionRow, now: string): Promise<Asked[]> {
  const accountId = row.accounts.map((account) => account.accountId)
  const states = await parts.views.feedStates.find({ where: { accountId }, limit: maxAccounts })
  const feeds = new Map(states.map((state) => [state.accountId, state.feed]))
  return row.accounts.map((account) => {
    const feed = told(feeds.get(account.accountId), row.provider)
    const { limit } = budget(feed.calls, feed.told.transactions, 'transactions', now)
    return { account, limit, hold: holdOn(feed, { scope: 'transactions', now }) }
  })
}

/** Says the time of the account that may be asked first. */
function heldBack(asked: readonly Asked[], now: string): DomainError {
  const held = asked.flatMap(({ limit, hold }) => (hold === undefined ? [] : [{ limit, ...hold }]))
  const [first] = held.toSorted((a, b) => a.until.localeCompare(b.until))
  if (first === undefined) return refuse('connection_not_active', 'This connection has no account to read.')
  const { limit, reason, until } = first
  const found = {
    quota: `The bank allows ${limit} requests per account within 24 hours, and all are used.`,
    rest: 'The bank has failed twice within a day, and more failures could make it suspend the account.',
    pause: 'The bank reported problems with the account within the last day.',
  }[reason]
  const waitMs = Date.parse(until) - Date.parse(now)
  return new DomainError(
    reason === 'quota' ? 'quota_exhausted' : 'bank_rests',
    `${found} It can be asked again at ${until} by the bank's clock.`,
    { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  )
}
