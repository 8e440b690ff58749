import type { Account, Connection, HeldItem, Import, Institution, Sync, Transaction } from '../app/api/types.ts'

const bank = { id: 'BANK', name: 'Wrenfield Bank', logo: '' }

export const account = (some: Partial<Account> = {}): Account => ({
  id: 'a1',
  connection_id: 'c1',
  provider_account_id: 'p1',
  name: 'Current',
  kind: 'current',
  currency: 'GBP',
  iban_masked: '4471',
  institution: bank,
  balances: { booked: { amount: '100.00', currency: 'GBP' }, available: null, as_of: '2026-11-20T07:00:00Z' },
  demo: false,
  proof: { status: 'unverified', verified_to: null },
  first_date: '2024-11-20',
  last_date: '2026-11-20',
  last_synced_at: '2026-11-20T07:00:00Z',
  ...some,
})

export const booked = (amount: string, currency = 'GBP'): Account['balances'] => ({
  booked: { amount, currency },
  available: null,
  as_of: null,
})

export const connection = (some: Partial<Connection> = {}): Connection => ({
  id: 'c1',
  provider: 'sandbox',
  institution: bank,
  friendly_name: null,
  status: 'active',
  consent: { granted_at: '2026-11-01T00:00:00Z', expires_at: '2027-01-30T00:00:00Z' },
  accounts: ['a1'],
  last_sync: null,
  next_sync_at: null,
  quota: [],
  demo: false,
  error: null,
  ...some,
})

export const sync = (some: Partial<Sync> = {}): Sync => ({
  id: 's1',
  run_id: 'r1',
  connection_id: 'c1',
  account_id: 'a1',
  trigger: 'manual',
  status: 'fetching',
  window: null,
  calls: 0,
  observed: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  held: 0,
  requested_at: '2026-11-20T07:00:00Z',
  started_at: null,
  finished_at: null,
  retry_at: null,
  error: null,
  ...some,
})

export const row = (some: Partial<Transaction> = {}): Transaction => ({
  id: 't1',
  account_id: 'a1',
  date: '2026-11-19',
  value_date: null,
  amount: { amount: '-48.17', currency: 'GBP' },
  description: 'SAINSBURYS S/MKTS',
  counterparty: null,
  category: 'groceries',
  status: 'booked',
  ...some,
})

export const institution = (some: Partial<Institution> = {}): Institution => ({
  id: 'BANK',
  provider: 'gocardless',
  name: 'Wrenfield Bank',
  bic: 'WRENGB2L',
  countries: ['GB'],
  logo: '',
  max_history_days: 730,
  max_consent_days: 90,
  demo: false,
  ...some,
})

export const held = (some: Partial<HeldItem> = {}): HeldItem => ({
  id: 'h1',
  account_id: 'a1',
  source: 'gocardless',
  section: 'booked',
  reason: 'no_date',
  detail: 'The bank sent the row without a date. Give it a day, and it counts.',
  first_seen: '2026-11-20T07:00:00Z',
  payload: { transactionAmount: { amount: '-3.20', currency: 'GBP' } },
  read: { date: null, amount: { amount: '-3.20', currency: 'GBP' }, description: 'CORNER CAFE' },
  verdicts: ['accept', 'dismiss'],
  candidates: [],
  decision: null,
  ...some,
})

export const statementReport = (some: Partial<Import> = {}): Import => ({
  id: 'i1',
  status: 'dry_run',
  file_name: 'november.csv',
  format: 'csv',
  preset: null,
  account: { id: 'a1', name: 'Current', recognised: 'known' },
  window: { from: '2026-11-01', to: '2026-11-20' },
  observed: 415,
  added: 3,
  matched: 412,
  held: 0,
  doubled: 0,
  preview: [],
  mapping: null,
  columns: [],
  problems: [],
  imported_at: null,
  ...some,
})
