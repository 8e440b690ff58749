import { setTimeout as wait } from 'node:timers/promises'
import type { Rest } from '@pf/contracts'
import type { Client } from '@pf/e2e/client'
import type { System } from '@pf/e2e/system'
import { type Sums, truthOf } from './bulk-bank.ts'

const atEnd = ['completed', 'partial', 'failed']
const minor = (amount: string) => Math.round(Number(amount) * 100)

/** Waits until every sync of it is complete, and since when, seen from outside; `pollMs` is how fine that is. */
export async function completed(
  client: Client,
  filter: Record<string, string>,
  pollMs: number,
  deadlineMs = 200_000,
): Promise<{ syncs: Rest.Sync[]; at: Map<string, number> }> {
  const query = new URLSearchParams({ ...filter, limit: '200' })
  const at = new Map<string, number>()
  const until = Date.now() + deadlineMs
  for (;;) {
    const { items } = await client.get<{ items: Rest.Sync[] }>(`/syncs?${query}`)
    const now = performance.timeOrigin + performance.now()
    for (const { id, status } of items) if (atEnd.includes(status) && !at.has(id)) at.set(id, now)
    const wrong = items.find(({ status }) => status === 'failed' || status === 'partial')
    if (wrong !== undefined) throw new Error(`A sync ended as ${wrong.status}: ${JSON.stringify(wrong.error)}`)
    if (items.length > 0 && items.length === at.size) return { syncs: items, at }
    if (Date.now() > until) throw new Error(`Syncs are not complete after ${deadlineMs} ms: ${JSON.stringify(items)}`)
    await wait(pollMs)
  }
}

/**
 * Count and sums of every account's booked rows, as the API shows them, against the bank's truth. Answers the number of rows.
 * `owner`: the bank has the accounts of others as well.
 */
export async function expectTruth(
  system: System,
  client: Client,
  owner: 'only' | 'one of many' = 'only',
): Promise<number> {
  const truth = await truthOf(system)
  let rows = 0
  const { items } = await client.get<{ items: Rest.Account[] }>('/accounts')
  for (const { id, provider_account_id } of items) {
    const expected = truth.get(provider_account_id)
    if (expected === undefined) continue
    const found = await sumsOf(client, { account_id: id, status: 'booked' })
    if (found.count !== expected.count || found.in !== expected.in || found.out !== expected.out)
      throw new Error(
        `The answers differ from the truth: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
      )
    truth.delete(provider_account_id)
    rows += found.count
  }
  if (rows === 0 || (owner === 'only' && truth.size > 0))
    throw new Error(`${truth.size} accounts of the bank are not shown.`)
  return rows
}

export async function sumsOf(client: Client, filter: Record<string, string>): Promise<Sums> {
  const page = await client.get<Rest.TransactionPage>(`/transactions?${new URLSearchParams({ ...filter, limit: '1' })}`)
  const { count = 0, by_currency = [] } = page.totals ?? {}
  const sum = (side: 'in' | 'out') => by_currency.reduce((total, row) => total + minor(row[side].amount), 0)
  return { count, in: sum('in'), out: sum('out') }
}
