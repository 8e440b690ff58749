import { due, type ScheduledFeed } from '../domain/schedule.ts'
import type { FeedConnectionRow } from '../read/feed-connections.ts'
import { instant } from './hashing.ts'
import type { Parts } from './parts.ts'
import { feedAccountOf, requestRun, runIdOf } from './request-run.ts'

const maxConnections = 5000
const maxSyncs = 10_000
/** Runs of this process that are remembered as asked for, until the read models show them. */
const maxRemembered = 10_000

/** One round of the scheduler: every sync that is due by its provider's clock is asked for. */
export function createScheduler(parts: Parts): () => Promise<void> {
  const asked = new Set<string>()
  return () =>
    parts.scheduling('round', async () => {
      const rows = await parts.views.feedConnections.find({ where: { readable: true }, limit: maxConnections })
      if (rows.length === 0) return
      const failures: unknown[] = []
      for (const { spaceId, account, trigger, attempt, cause } of due(await scheduledFeeds(parts, rows))) {
        const runId = runIdOf(spaceId, cause)
        if (asked.has(runId)) continue
        try {
          await requestRun(parts, { spaceId, cause, trigger, accounts: [{ account, attempt }] })
          asked.add(runId)
          if (asked.size > maxRemembered) asked.delete(asked.keys().next().value ?? runId)
        } catch (error) {
          failures.push(error)
        }
      }
      // One space in trouble keeps no other from its syncs; the trouble is told.
      if (failures.length > 0) throw failures[0]
    })
}

/** What the schedule needs to know of every account of these connections. */
export async function scheduledFeeds(parts: Parts, rows: readonly FeedConnectionRow[]): Promise<ScheduledFeed[]> {
  const accountIds = rows.flatMap((row) => row.accounts.map(({ accountId }) => accountId))
  const [states, open] = await Promise.all([
    parts.views.feedStates.find({ where: { accountId: accountIds }, limit: accountIds.length }),
    parts.views.syncs.find({ where: { status: ['queued', 'fetching'] }, limit: maxSyncs }),
  ])
  const byAccount = new Map(states.map(({ accountId, feed }) => [accountId, feed]))
  const busy = new Set(open.map(({ accountId }) => accountId))
  const feeds = rows.map(async (row) => {
    const now = await parts.providers.now(row.provider)
    return row.accounts.map((account): ScheduledFeed => {
      const feed = byAccount.get(account.accountId)
      return {
        spaceId: row.spaceId,
        account: feedAccountOf(row, account),
        readableUntil: row.readable && row.expiresAt !== null ? instant(row.expiresAt) : '',
        busy: busy.has(account.accountId),
        lastStartedAt: feed?.lastStartedAt ?? null,
        failure: feed?.failure ?? null,
        now,
      }
    })
  })
  return (await Promise.all(feeds)).flat()
}
