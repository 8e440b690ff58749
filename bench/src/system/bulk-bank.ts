import { bank } from '@pf/e2e/client'
import type { System } from '@pf/e2e/system'
import type { Size } from '../sizes.ts'

export const seed = 'bench'

type Listed = { id: string; iban: string }
type Truth = { booked: { amount: string }[] }
/** Of booked rows, in minor units. */
export type Sums = { count: number; in: number; out: number }

const minor = (amount: string) => Math.round(Number(amount) * 100)

/** The sandbox bank's `bulk` scenario; `accounts`: the first so many of the size's. */
export async function openBulkBank(system: System, size: Size, accounts = size.accounts): Promise<void> {
  await bank(system, 'POST', '/__sandbox/reset', {
    scenario: 'bulk',
    seed,
    accounts,
    transactions_per_account: size.rowsPerAccount,
    days: size.days,
  })
}

/** By provider account id. Also has the bank make its rows, which is no part of what is measured. */
export async function truthOf(system: System): Promise<Map<string, Sums>> {
  const { items } = await bank<{ items: Listed[] }>(system, 'GET', '/__sandbox/accounts')
  const truth = new Map<string, Sums>()
  for (const { id } of items) {
    const { booked } = await bank<Truth>(system, 'GET', `/__sandbox/truth/${id}`)
    const amounts = booked.map(({ amount }) => minor(amount))
    const sum = (kept: number[]) => kept.reduce((total, amount) => total + amount, 0)
    truth.set(id, {
      count: amounts.length,
      in: sum(amounts.filter((amount) => amount > 0)),
      out: sum(amounts.filter((amount) => amount < 0)),
    })
  }
  return truth
}

/**
 * Has the bank's answers lie ready: asks for them once over the wire, by a consent of the benchmark's own. How long the
 * sandbox takes to write an answer is no part of the line; it keeps some 96 MB of them, so that at a million rows it writes
 * most of them again.
 */
export async function warmBank(system: System, dateFrom: string): Promise<void> {
  const wire = async <T>(method: string, path: string, body?: object, token?: string): Promise<T> => {
    const response = await fetch(`${system.bank}/api/v2${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const { access } = await wire<{ access: string }>('POST', '/token/new/', {
    secret_id: 'sandbox',
    secret_key: 'sandbox',
  })
  const institution_id = 'SANDBOXFINANCE_SFIN0000'
  const agreement = await wire<{ id: string }>(
    'POST',
    '/agreements/enduser/',
    {
      institution_id,
      max_historical_days: 730,
      access_valid_for_days: 90,
      access_scope: ['balances', 'details', 'transactions'],
    },
    access,
  )
  const asked = { institution_id, agreement: agreement.id, redirect: 'http://localhost/done', reference: 'bench-warm' }
  const { id } = await wire<{ id: string }>('POST', '/requisitions/', asked, access)
  await bank(system, 'POST', `/__sandbox/consents/${id}`, { decision: 'grant' })
  const { accounts } = await wire<{ accounts: string[] }>('GET', `/requisitions/${id}/`, undefined, access)
  for (const account of accounts)
    await wire('GET', `/accounts/${account}/transactions/?date_from=${dateFrom}`, undefined, access)
  await wire('DELETE', `/requisitions/${id}/`, undefined, access)
}
