import type { Rest } from '@pf/contracts'
import { bank, type Client } from './client.ts'
import type { System } from './system.ts'

type Truth = {
  booked: { date: string; amount: string; currency: string; description: string }[]
  pending: { date: string; amount: string; currency: string }[]
  balances: { balanceType: string; balanceAmount: { amount: string; currency: string } }[]
}

const line = (date: string, amount: string, currency: string) => `${date} ${Number(amount).toFixed(2)} ${currency}`
const shown = (rows: readonly Rest.Transaction[]) =>
  rows.map((row) => line(row.date, row.amount.amount, row.amount.currency)).sort()

/**
 * Compares what the API shows of every account with what is really at the bank: the multiset of booked
 * (date, amount, currency), the number of pending rows, the booked balance. `filter`: where something beside the bank told
 * of payments, too. Answers the number of rows compared.
 */
export async function expectTruth(
  system: System,
  client: Client,
  filter: Record<string, string> = {},
): Promise<number> {
  let compared = 0
  for (const account of await client.accounts()) {
    const truth = await bank<Truth>(system, 'GET', `/__sandbox/truth/${account.provider_account_id}`)
    const rows = await client.transactions({ ...filter, account_id: account.id })
    const booked = rows.filter((row) => row.status === 'booked')
    expect(shown(booked)).toEqual(truth.booked.map((row) => line(row.date, row.amount, row.currency)).sort())
    expect(rows.length - booked.length).toBe(truth.pending.length)
    const stated = truth.balances.find(({ balanceType }) => /booked/i.test(balanceType))
    expect(Number(account.balances.booked?.amount)).toBe(Number(stated?.balanceAmount.amount))
    compared += booked.length
  }
  return compared
}
