import { type AccountView, type FeedView, type MartAccount, type Rest, refuse, requests } from '@pf/contracts'
import type { Ask } from './ask.ts'

export async function accounts(ask: Ask, connectionId?: string): Promise<{ items: Rest.Account[] }> {
  const narrowed = connectionId === undefined ? {} : { connectionId }
  const [views, marts, feeds] = await Promise.all([
    ask(requests.connection.accounts, narrowed),
    ask(requests.analytics.accounts, {}),
    ask(requests.extraction.feeds, narrowed),
  ])
  const martOf = new Map(marts.items.map((one) => [one.id, one]))
  const feedOf = new Map(feeds.items.map((feed) => [feed.account_id, feed]))
  return { items: views.items.map((view) => composedAccount(view, martOf.get(view.id), feedOf.get(view.id))) }
}

/** Throws account_not_found. */
export async function account(ask: Ask, id: string): Promise<Rest.Account> {
  const found = (await accounts(ask)).items.find((one) => one.id === id)
  if (found === undefined) throw refuse('account_not_found', 'There is no such account. GET /accounts lists yours.')
  return found
}

type Days = { from?: string; to?: string }

/** Throws account_not_found. */
export async function balancesOf(ask: Ask, id: string, days: Days) {
  await account(ask, id)
  return await ask(requests.analytics.balances, { accountId: id, ...days })
}

/** Throws account_not_found. */
export async function proofOf(ask: Ask, id: string, days: Days): Promise<Rest.ProofAnswer> {
  await account(ask, id)
  return await ask(requests.analytics.proof, { accountId: id, ...days })
}

const unproven: Rest.Account['proof'] = { status: 'unverified', verified_to: null, reason: 'not_read_yet' }

/** Until the marts know an account it stands there without name and figures, rather than not at all. */
export function composedAccount(
  view: AccountView,
  mart: MartAccount | undefined,
  feed: FeedView | undefined,
): Rest.Account {
  return {
    id: view.id,
    connection_id: view.connection_id,
    provider_account_id: view.provider_account_id,
    name: view.name ?? mart?.name ?? view.institution.name,
    kind: view.kind ?? mart?.kind ?? 'other',
    kind_source: view.kind === null ? 'bank' : 'user',
    currency: view.currency,
    iban_masked: mart?.iban_masked ?? null,
    institution: view.institution,
    balances: mart?.balances ?? { booked: null, available: null, as_of: null },
    demo: view.demo,
    proof: mart?.proof ?? unproven,
    first_date: mart?.first_date ?? null,
    last_date: mart?.last_date ?? null,
    last_synced_at: feed?.last_synced_at ?? null,
    missed: (feed?.missed ?? []).map(({ from, to }) => ({ from, to })),
  }
}
