import type { accountsRoutes } from '../routes/accounts.ts'
import type { transactionsRoutes } from '../routes/transactions.ts'
import type { Account, ProofInterval } from '../shapes.ts'
import type { ExamplesOf } from './example.ts'
import { asOf, dayOf, gbp, ids, institution, payload } from './parts.ts'

const account: Account = {
  id: ids.account,
  connection_id: ids.connection,
  provider_account_id: 'b0f0c8a4-9f7e-4f0e-8a51-000000000001',
  name: 'Everyday',
  kind: 'current',
  kind_source: 'bank',
  currency: 'GBP',
  iban_masked: '4321',
  institution,
  balances: { booked: gbp('1204.55'), available: gbp('1180.05'), as_of: '2026-11-20T08:00:00.000Z' },
  demo: true,
  proof: { status: 'verified', verified_to: '2026-11-20', reason: null },
  first_date: '2024-11-20',
  last_date: '2026-11-20',
  last_synced_at: '2026-11-20T08:00:04.112Z',
  missed: [],
}
const interval: ProofInterval = {
  balance: 'interim',
  from: '2026-11-19T08:00:00.000Z',
  to: '2026-11-20T08:00:00.000Z',
  from_date: '2026-11-19',
  to_date: '2026-11-20',
  opening: gbp('1249.55'),
  movements: gbp('-45.00'),
  rows: 1,
  closing: gbp('1204.55'),
  difference: gbp('0.00'),
  unexplained: gbp('0.00'),
  status: 'verified',
  reason: null,
  suspects: [],
}
const byId = { id: ids.account }

export const accountsExamples: ExamplesOf<typeof accountsRoutes> = {
  accounts: { query: { connection_id: ids.connection }, answers: { 200: { items: [account] } } },
  account: { params: byId, answers: { 200: account } },
  changeAccount: { params: byId, body: { name: 'Everyday', kind: 'current' }, answers: { 200: account } },
  accountBalances: {
    params: byId,
    query: dayOf,
    answers: { 200: { items: [{ date: '2026-11-20', booked: gbp('1204.55'), source: 'bank' }], as_of: asOf } },
  },
  accountProof: { params: byId, query: dayOf, answers: { 200: { items: [interval], as_of: asOf } } },
}

const transaction = {
  id: ids.transaction,
  account_id: ids.account,
  date: '2026-11-20',
  value_date: '2026-11-20',
  amount: gbp('-45.00'),
  description: payload.remittanceInformationUnstructured,
  counterparty: 'Freshco',
  category: 'groceries',
  status: 'booked' as const,
  running_balance: gbp('1204.55'),
}

export const transactionsExamples: ExamplesOf<typeof transactionsRoutes> = {
  transactions: {
    query: { date_from: '2026-11-01', category: 'groceries', limit: 50 },
    answers: {
      200: {
        items: [transaction],
        next_cursor: 'eyJkIjoiMjAyNi0xMS0yMCJ9',
        totals: {
          count: 9,
          by_currency: [{ currency: 'GBP', in: gbp('0.00'), out: gbp('-312.40'), net: gbp('-312.40') }],
        },
        as_of: asOf,
      },
    },
  },
  exportTransactions: {
    query: { format: 'csv', date_from: '2026-11-01', category: 'groceries' },
    answers: {
      200: `id,account_id,account,date,value_date,amount,currency,description,counterparty,merchant,category,status,transfer_id
${ids.transaction},${ids.account},Current account,2026-11-20,2026-11-20,-45.00,GBP,${transaction.description},Freshco,freshco,groceries,booked,
`,
    },
  },
  explainTransaction: {
    params: { id: ids.transaction },
    answers: {
      200: {
        transaction_id: ids.transaction,
        account_id: ids.account,
        transaction,
        observations: [
          {
            id: ids.observation,
            source: 'sandbox',
            section: 'booked',
            connection_id: ids.connection,
            sync_id: ids.sync,
            fetched_at: '2026-11-20T08:00:01.000Z',
            bank_now: '2026-11-20T08:00:01.000Z',
            raw: {
              key: 'raw/0193a1c5/transactions/1',
              sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
              row_index: 0,
            },
            payload,
            read: {
              date: '2026-11-20',
              value_date: '2026-11-20',
              amount: gbp('-45.00'),
              description: payload.remittanceInformationUnstructured,
              counterparty: 'Freshco',
              flags: [],
              normaliser_version: 3,
            },
            current: true,
          },
        ],
        decisions: [
          {
            decision_seq: 1,
            decided_at: '2026-11-20T08:00:02.000Z',
            transaction_id: ids.transaction,
            kind: 'new',
            rule: 'nothing_like_it',
            rule_version: 4,
            by: 'rules',
            why: 'Nothing that was known before is like it.',
            status: 'booked',
            missing_upstream: false,
            observation_id: ids.observation,
            source: null,
            log_position: 'storage:1842',
          },
        ],
        category: {
          category: 'groceries',
          rule: { priority: 100, field: 'counterparty', pattern: 'freshco' },
          why: 'The counterparty is one of groceries.',
        },
        as_of: asOf,
      },
    },
  },
  transactionMonths: {
    query: { account_id: ids.account },
    answers: { 200: { items: [{ month: '2026-11', count: 41 }], as_of: asOf } },
  },
}
