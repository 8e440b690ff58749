import { type ConnectionView, type FeedView, type Rest, requests } from '@pf/contracts'
import type { Ask } from './ask.ts'

export async function connections(ask: Ask): Promise<{ items: Rest.Connection[] }> {
  const [views, feeds] = await Promise.all([ask(requests.connection.list, {}), ask(requests.extraction.feeds, {})])
  return { items: views.items.map((view) => composed(view, feeds.items)) }
}

/** Throws connection_not_found. */
export async function connection(ask: Ask, id: string): Promise<Rest.Connection> {
  const [view, feeds] = await Promise.all([ask(requests.connection.get, { id }), feedsOf(ask, id)])
  return composed(view, feeds)
}

export async function feedsOf(ask: Ask, connectionId: string): Promise<FeedView[]> {
  return (await ask(requests.extraction.feeds, { connectionId })).items
}

/** A connection as clients see it: consent from connection, syncs and quota from extraction. */
export function composed(view: ConnectionView, feeds: readonly FeedView[]): Rest.Connection {
  const own = feeds.filter((feed) => feed.connection_id === view.id)
  const syncs = own.flatMap((feed) => feed.last_sync ?? [])
  const latest = syncs.sort((a, b) => (b.finished_at ?? '9').localeCompare(a.finished_at ?? '9'))[0]
  const failed = syncs.find((sync) => sync.status === 'failed')
  return {
    ...view,
    last_sync: failed ?? latest ?? null,
    next_sync_at: own.flatMap((feed) => feed.next_sync_at ?? []).sort()[0] ?? null,
    stale_since: own.flatMap((feed) => feed.stale_since ?? []).sort()[0] ?? null,
    quota: own.flatMap((feed) => feed.quota),
    sync_held: own.every((feed) => feed.held !== null) ? firstFree(own) : null,
    missed: own.flatMap(({ account_id, missed }) =>
      missed.filter(({ connection_id }) => connection_id === view.id).map(({ from, to }) => ({ account_id, from, to })),
    ),
  }
}

const firstFree = (feeds: readonly FeedView[]): FeedView['held'] =>
  feeds.flatMap((feed) => feed.held ?? []).toSorted((a, b) => a.until.localeCompare(b.until))[0] ?? null
