import type { Loaded } from '../api/load.ts'
import { Problem } from '../api/problem.ts'
import type { Account, Proof, Transaction } from '../api/types.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

export const proofs: readonly Proof[] = [
  { status: 'verified', verified_to: '2026-11-19' },
  { status: 'gap', verified_to: '2026-11-10' },
  { status: 'unverified', verified_to: null },
]

export const amounts = [gbp('2914.60'), gbp('-48.17'), gbp('0.00'), { amount: '-1250', currency: 'JPY' }]

export const sampleAccount: Account = {
  id: 'sample',
  connection_id: null,
  provider_account_id: 'sample',
  name: 'Everyday',
  kind: 'current',
  kind_source: 'bank',
  currency: 'GBP',
  iban_masked: '4471',
  institution: { id: 'sample', name: 'Wrenfield Bank', logo: '' },
  balances: { booked: gbp('1204.55'), available: null, as_of: null },
  demo: true,
  proof: { status: 'verified', verified_to: '2026-11-19' },
  first_date: '2025-11-20',
  last_date: '2026-11-20',
  last_synced_at: null,
}

export const sampleRow = (some: Partial<Transaction>): Transaction => ({
  id: 'sample',
  account_id: 'sample',
  date: '2026-11-19',
  value_date: null,
  amount: gbp('-48.17'),
  description: 'CORNER COFFEE HOUSE',
  counterparty: 'Corner Coffee House',
  category: 'eating_out',
  status: 'booked',
  ...some,
})

export const states: Record<'ready' | 'loading' | 'failed', Loaded<number>> = {
  ready: { status: 'ready', value: 1 },
  loading: { status: 'loading' },
  failed: { status: 'failed', problem: new Problem({ status: 503, code: 'unavailable' }), value: 1 },
}

export const balances = [320, 310, 280, 280, 190, 1900, 1710, 1500, 1490, 1220, 900, 840, 610, 590, 1204]
