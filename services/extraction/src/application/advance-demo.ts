import { type Done, type InputOf, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { type FeedConnectionRow, readableUntil } from '../read/feed-connections.ts'
import type { Parts } from './parts.ts'
import { feedAccountOf, requestRun, standingRun } from './request-run.ts'

const maxConnections = 100
const demoId = 'sandbox'

type Advanced = { bank_now: string; runs: Rest.SyncRun[] }

/**
 * Moves the demo bank's day and syncs the space's connections to it. The scheduler's round waits meanwhile, or it would
 * see the new day first and sync on its own. Throws demo_off, provider_unavailable.
 */
export function advanceDemo(
  parts: Parts,
  { days, commandId }: InputOf<typeof requests.extraction.advanceDemo>,
  { spaceId }: Principal,
): Promise<Done<Advanced>> {
  const { demoBank } = parts
  if (demoBank === undefined) throw refuse('demo_off', 'The demo bank is off here.')
  return parts.scheduling('round', async () => {
    const rows = (
      await parts.views.feedConnections.find({ where: { spaceId, readable: true }, limit: maxConnections })
    ).filter((row) => parts.providers.isDemo(row.provider))
    const causeOf = (row: FeedConnectionRow) => `demo:${commandId}:${row.connectionId}`
    const repeated = await Promise.all(rows.map((row) => standingRun(parts, spaceId, causeOf(row))))
    const known = repeated.filter((run) => run !== undefined)
    if (known.length > 0) return { bank_now: await parts.providers.now(demoId), runs: known }
    await demoBank.advance(days)
    parts.providers.forgetOffsets()
    const bankNow = await parts.providers.now(demoId)
    const readable = rows.filter((row) => readableUntil(row) > bankNow)
    const runs: Rest.SyncRun[] = []
    let last: string | undefined
    for (const row of readable) {
      const accounts = row.accounts.map((account) => ({ account: feedAccountOf(row, account), attempt: 0 }))
      const { run, position } = await requestRun(parts, { spaceId, cause: causeOf(row), trigger: 'demo', accounts })
      runs.push(run)
      last = position
    }
    return { bank_now: bankNow, runs, ...(await parts.shown(last)) }
  })
}
