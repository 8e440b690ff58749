import { DomainError, instant, type Rest } from '@pf/contracts'
import { told } from '../domain/feed.ts'
import type { ProviderFeed } from '../domain/provider-feed.ts'
import { busyAccounts, type DueSync, due, runsOf, type ScheduledFeed } from '../domain/schedule.ts'
import { type FeedConnectionRow, readableUntil } from '../read/feed-connections.ts'
import type { Parts } from './parts.ts'
import { feedAccountOf, requestRun } from './request-run.ts'

const maxConnections = 5000
const maxSyncs = 10_000
/** Syncs that this process has asked for, until the read models show them. */
const maxRemembered = 10_000

/**
 * One round of the scheduler: every sync that is due by its provider's clock is asked for. A provider whose clock is not
 * known is left out of the round.
 */
export function createScheduler(parts: Parts): () => Promise<void> {
  const asked = new Set<string>()
  const silent = new Set<string>()
  const nameOf = ({ spaceId, cause }: DueSync) => `${spaceId} ${cause}`
  return () =>
    parts.scheduling('round', async () => {
      const readable = await parts.views.feedConnections.find({ where: { readable: true }, limit: maxConnections })
      const leaving = await parts.leaving()
      const rows = readable.filter(({ spaceId }) => !leaving.has(spaceId))
      if (rows.length === 0) return
      const feeds = await scheduledFeeds(parts, rows)
      tellSilence(parts, silent, rows, feeds)
      const waiting = due(feeds).filter((sync) => !asked.has(nameOf(sync)))
      const failures: unknown[] = []
      for (const syncs of runsOf(waiting)) {
        try {
          await requestDue(parts, syncs)
          for (const sync of syncs) asked.add(nameOf(sync))
          for (const name of asked) {
            if (asked.size <= maxRemembered) break
            asked.delete(name)
          }
        } catch (error) {
          failures.push(error)
        }
      }
      // One space in trouble keeps no other from its syncs; the trouble is told.
      if (failures.length > 0) throw failures[0]
    })
}

/** Says once of a provider that its clock is not known, and again when that changed and came back. */
function tellSilence(
  { logger }: Parts,
  silent: Set<string>,
  rows: readonly FeedConnectionRow[],
  feeds: readonly ScheduledFeed[],
): void {
  const known = new Set(feeds.map(({ account }) => account.provider))
  for (const { provider, accounts } of rows) {
    if (known.has(provider) || accounts.length === 0) silent.delete(provider)
    else if (!silent.has(provider)) {
      silent.add(provider)
      logger.warn({ provider }, 'the provider has not told its time yet; its syncs wait')
    }
  }
}

/** A run for all, and one of its own for each that became due after that run was asked for. */
async function requestDue(parts: Parts, syncs: [DueSync, ...DueSync[]]): Promise<void> {
  const request = async (cause: string, wanted: readonly DueSync[]): Promise<Rest.SyncRun> => {
    const { spaceId, trigger } = syncs[0]
    const accounts = wanted.map(({ account, attempt }) => ({ account, attempt }))
    return (await requestRun(parts, { spaceId, cause, trigger, accounts })).run
  }
  const held = new Set((await request(syncs[0].together, syncs)).syncs.map((sync) => sync.account_id))
  for (const sync of syncs) if (!held.has(sync.account.accountId)) await request(sync.cause, [sync])
}

/** What the schedule needs to know of every account of these connections; without those whose provider's time is not known. */
export async function scheduledFeeds(
  parts: Pick<Parts, 'views' | 'providers' | 'clock'>,
  rows: readonly FeedConnectionRow[],
): Promise<ScheduledFeed[]> {
  const accountIds = rows.flatMap((row) => row.accounts.map(({ accountId }) => accountId))
  const [states, open, times] = await Promise.all([
    parts.views.feedStates.find({ where: { accountId: accountIds }, limit: accountIds.length }),
    parts.views.syncs.find({ where: { status: ['queued', 'fetching'] }, limit: maxSyncs }),
    timesOf(parts, rows),
  ])
  const byAccount = new Map(states.map(({ accountId, feed }) => [accountId, feed]))
  const busy = busyAccounts(open, parts.clock.now().toISOString())
  return rows.flatMap((row) => {
    const now = times.get(row.provider)
    if (now === undefined) return []
    return row.accounts.map((account): ScheduledFeed => {
      const feed = byAccount.get(account.accountId)
      const { lastStartedAt, failure, refused } = told(feed, row.provider)
      return {
        spaceId: row.spaceId,
        account: feedAccountOf(row, account),
        readableUntil: readableUntil(row),
        refused: isRefused(row, refused),
        busy: busy.has(account.accountId),
        lastStartedAt,
        failure,
        closed: feed?.closedAt.includes(row.connectionId) ?? false,
        now,
      }
    })
  })
}

/** The bank wants the user's word, and they have given none since. */
function isRefused({ connectionId, consentedAt }: FeedConnectionRow, refused: ProviderFeed['refused']): boolean {
  if (refused === null || refused.connectionId !== connectionId) return false
  return consentedAt === null || refused.at >= instant(consentedAt)
}

/** The time of each provider that has told it. */
async function timesOf(
  { providers }: Pick<Parts, 'providers'>,
  rows: readonly FeedConnectionRow[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map((row) => row.provider))]
  const times = await Promise.all(
    ids.map(async (id): Promise<[string, string][]> => {
      try {
        return [[id, await providers.now(id)]]
      } catch (error) {
        if (error instanceof DomainError && error.code === 'provider_unavailable') return []
        throw error
      }
    }),
  )
  return new Map(times.flat())
}
