import { Controller } from '@nestjs/common'
import { type InputOf, type MartAccount, type Principal, type Rest, refuse, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { behaviour } from './running-gateway.ts'

const asOf: Rest.AsOf = { log_position: 'p-1', built_at: '2026-11-20T08:00:00Z' }
const accountIds = ['a-1', 'a-2', 'a-3']
const rows = 130

const pad = (n: number) => String(n).padStart(3, '0')
/** Newest first: t-130, t-129 … */
export const standInRows: readonly Rest.Transaction[] = Array.from({ length: rows }, (_, n) => ({
  id: `t-${pad(rows - n)}`,
  account_id: accountIds[n % accountIds.length] ?? '',
  date: '2026-11-20',
  value_date: null,
  amount: { amount: `-${n}.00`, currency: 'GBP' },
  description: `Row ${n}`,
  counterparty: null,
  category: 'other',
  status: 'booked',
}))

const mart = (id: string): MartAccount => ({
  id,
  name: `Account ${id}`,
  kind: 'current',
  currency: 'GBP',
  iban_masked: '1234',
  balances: { booked: { amount: '1.00', currency: 'GBP' }, available: null, as_of: null },
  proof: { status: 'verified', verified_to: '2026-11-20', reason: null },
  first_date: '2026-01-01',
  last_date: '2026-11-20',
})

export const standInSync: Rest.Sync = {
  id: 's-1',
  run_id: 'r-1',
  connection_id: 'c-1',
  account_id: 'a-1',
  trigger: 'user',
  status: 'fetching',
  window: null,
  calls: 1,
  observed: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  held: 0,
  requested_at: '2026-11-20T08:00:00Z',
  started_at: null,
  finished_at: null,
  retry_at: null,
  error: null,
}

function heard(operation: string, input: object, principal: Principal): void {
  behaviour.asked.push({ operation, input: { ...input }, principal })
  if (behaviour.trouble !== undefined) throw behaviour.trouble
}

/** As a service of that name, which holds every shard. */
export const standInAnalytics = () => ({
  name: 'analytics',
  controllers: [StandInMoney],
  holdShard: async () => ({ stop: async () => undefined }),
})

/** Stands in for what money's reads ask beside connection and extraction: rows in pages, as analytics cuts them. */
@Controller()
class StandInMoney {
  @Answers(requests.connection.accounts)
  async accounts(input: InputOf<typeof requests.connection.accounts>, principal: Principal) {
    heard('connection.accounts', input, principal)
    const institution = { id: 'BANK', name: 'Bank', logo: '' }
    const items = accountIds.map((id) => ({
      id,
      connection_id: 'c-1',
      provider_account_id: `p-${id}`,
      name: null,
      kind: null,
      currency: 'GBP',
      institution,
      demo: true,
    }))
    return { items }
  }

  @Answers(requests.analytics.accounts)
  async martAccounts(input: object, principal: Principal) {
    heard('analytics.accounts', input, principal)
    return { items: accountIds.map(mart), as_of: asOf }
  }

  @Answers(requests.analytics.transactions)
  async transactions(input: InputOf<typeof requests.analytics.transactions>, principal: Principal) {
    heard('analytics.transactions', input, principal)
    const { cursor, limit = 50, account_id: accountId } = input
    const all = standInRows.filter((row) => accountId === undefined || row.account_id === accountId)
    const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id < cursor)
    const items = all.slice(from, from + limit)
    const last = items.at(-1)
    return {
      items,
      as_of: asOf,
      ...(cursor === undefined ? { totals: { count: all.length, by_currency: [] } } : {}),
      ...(from + limit < all.length && last ? { next_cursor: last.id } : {}),
    }
  }

  @Answers(requests.analytics.transaction)
  async transaction({ id }: { id: string }, principal: Principal) {
    heard('analytics.transaction', { id }, principal)
    return { transaction: standInRows.find((row) => row.id === id) ?? null, category: null, as_of: asOf }
  }

  @Answers(requests.extraction.syncs)
  async syncs(input: InputOf<typeof requests.extraction.syncs>, principal: Principal) {
    heard('extraction.syncs', input, principal)
    return { items: [{ ...standInSync }] }
  }

  @Answers(requests.extraction.getSync)
  async sync({ id }: { id: string }, principal: Principal): Promise<Rest.Sync> {
    heard('extraction.sync', { id }, principal)
    throw refuse('sync_not_found', `There is no sync ${id}.`)
  }

  /** Never answers: what it is asked ends with who asked. */
  @Answers(requests.analytics.netWorth)
  async netWorth(
    input: object,
    principal: Principal,
    { signal }: { signal: AbortSignal },
  ): Promise<Rest.NetWorthAnswer> {
    heard('analytics.netWorth', input, principal)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    behaviour.asked.push({ operation: 'analytics.netWorth ended', input: {}, principal })
    throw refuse('unavailable', 'Nobody waits any more.')
  }
}
