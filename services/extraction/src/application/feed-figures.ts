import { type AskFigures, type Figure, type FigureName, whileAsked } from '@pf/service-kit'
import { told } from '../domain/feed.ts'
import { type Hold, holdOn } from '../domain/hold.ts'
import { due, type ScheduledFeed } from '../domain/schedule.ts'
import type { Parts } from './parts.ts'
import { scheduledFeeds } from './schedule-syncs.ts'

/** As the scheduler's: beyond it an installation is dealt into cells. */
const maxConnections = 5000
const states = ['ok', 'failing', 'refused', 'closed', 'new'] as const
const reasons: readonly Hold['reason'][] = ['quota', 'rest', 'pause']

export type Seen = {
  feeds: readonly ScheduledFeed[]
  /** One for each account whose bank is not to be asked for rows now. */
  held: readonly { provider: string; reason: Hold['reason'] }[]
}

/** How the accounts of all spaces are read, by provider, for dashboards and alarms; looked at once a scrape. */
export function feedFigures(
  parts: Pick<Parts, 'views' | 'providers' | 'clock'>,
): Partial<Record<FigureName, AskFigures>> {
  const seen = whileAsked(() => lookedAt(parts))
  return {
    feeds: async () => feedsByState(await seen()),
    syncsDue: async () => syncsDue(await seen()),
    feedsHeld: async () => feedsHeld(await seen()),
  }
}

async function lookedAt(parts: Pick<Parts, 'views' | 'providers' | 'clock'>): Promise<Seen> {
  const rows = await parts.views.feedConnections.find({ where: { readable: true }, limit: maxConnections })
  if (rows.length === 0) return { feeds: [], held: [] }
  const feeds = await scheduledFeeds(parts, rows)
  const accountIds = feeds.map(({ account }) => account.accountId)
  const kept = await parts.views.feedStates.find({ where: { accountId: accountIds }, limit: accountIds.length })
  const byAccount = new Map(kept.map(({ accountId, feed }) => [accountId, feed]))
  const held = feeds.flatMap(({ account: { accountId, provider }, now }) => {
    const hold = holdOn(told(byAccount.get(accountId), provider), { scope: 'transactions', now })
    return hold === undefined ? [] : [{ provider, reason: hold.reason }]
  })
  return { feeds, held }
}

export const feedsByState = ({ feeds }: Seen): Figure[] =>
  perProvider(
    feeds,
    states.map((state) => ({ state })),
    (provider, { state }) =>
      feeds.filter((feed) => feed.account.provider === provider && stateOf(feed) === state).length,
  )

export const syncsDue = ({ feeds }: Seen): Figure[] => {
  const waiting = due(feeds)
  return perProvider(feeds, [{}], (provider) => waiting.filter(({ account }) => account.provider === provider).length)
}

export const feedsHeld = ({ feeds, held }: Seen): Figure[] =>
  perProvider(
    feeds,
    reasons.map((reason) => ({ reason })),
    (provider, { reason }) => held.filter((one) => one.provider === provider && one.reason === reason).length,
  )

function stateOf({ closed, refused, failure, lastStartedAt }: ScheduledFeed): (typeof states)[number] {
  if (closed) return 'closed'
  if (refused) return 'refused'
  if (failure !== null) return 'failing'
  return lastStartedAt === null ? 'new' : 'ok'
}

/** Zeros too: a series that comes and goes is none that an alarm can compare with an hour ago. */
function perProvider<L extends Record<string, string>>(
  feeds: readonly ScheduledFeed[],
  kinds: readonly L[],
  count: (provider: string, kind: L) => number,
): Figure[] {
  const providers = [...new Set(feeds.map(({ account }) => account.provider))]
  return providers.flatMap((provider) =>
    kinds.map((kind) => ({ labels: { provider, ...kind }, value: count(provider, kind) })),
  )
}
