import { requests } from '@pf/contracts'
import type { Ask } from './ask.ts'
import { reads } from './reads.ts'

const { auth } = requests
const pageSize = 200

/** All that the API answers of a user and their space, by name: figures apart, which are made of the rows. Secrets are in no answer. */
export async function everything(ask: Ask): Promise<Record<string, unknown>> {
  const parts: Record<string, Promise<unknown>> = {
    me: reads.me(ask),
    preferences: reads.preferences(ask),
    sessions: ask(auth.sessions, {}),
    security_events: allPages((page) => ask(auth.audit, { all: false, ...page })),
    api_tokens: ask(auth.apiTokens, {}),
    connections: reads.connections(ask),
    accounts: reads.accounts(ask, { params: {}, query: {} }),
    syncs: allPages((page) => reads.syncs(ask, { params: {}, query: page })),
    held: allPages((page) => reads.held(ask, { params: {}, query: page })),
    held_decided: allPages((page) => reads.held(ask, { params: {}, query: { ...page, decided: true } })),
    identity_decisions: reads.identityDecisions(ask),
    imports: reads.imports(ask),
    queries: reads.savedQueries(ask),
  }
  const entries = Object.entries(parts).map(async ([name, answer]) => [name, await answer] as const)
  return Object.fromEntries(await Promise.all(entries))
}

type Page = { items: unknown[]; next_cursor?: string }

async function allPages(read: (page: { limit: number; cursor?: string }) => Promise<Page>): Promise<Page> {
  const items: unknown[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await read({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.next_cursor
    if (cursor === undefined) return { items }
  }
}
