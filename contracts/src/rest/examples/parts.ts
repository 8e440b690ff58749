/** What the examples share, so that they tell one story: Sam, a current account at the demo bank, and what was bought. */
export const ids = {
  user: '0193a1c4-0001-7000-8000-5a4d00000001',
  connection: '0193a1c5-0002-7000-8000-5a4d00000002',
  account: '0193a1c5-0003-7000-8000-5a4d00000003',
  run: '0193a1c5-0004-7000-8000-5a4d00000004',
  sync: '0193a1c5-0005-7000-8000-5a4d00000005',
  transaction: '0193a1c5-0006-7000-8000-5a4d00000006',
  twin: '0193a1c5-0007-7000-8000-5a4d00000007',
  observation: '0193a1c5-0008-7000-8000-5a4d00000008',
  held: '0193a1c5-0009-7000-8000-5a4d00000009',
  decision: '0193a1c5-000a-7000-8000-5a4d0000000a',
  import: '0193a1c5-000b-7000-8000-5a4d0000000b',
  rebuild: '0193a1c5-000c-7000-8000-5a4d0000000c',
  query: '0193a1c5-000d-7000-8000-5a4d0000000d',
  export: '0193a1c5-0010-7000-8000-5a4d00000010',
  token: '0193a1c5-000f-7000-8000-5a4d0000000f',
  invite: '0193a1c4-0001-7000-8000-5a4d000000f1',
  passkey: '0193a1c5-0010-7000-8000-5a4d00000010',
  session: '0193a1c4-0001-7000-8000-5a4d000000d1',
  recurring: '0193a1c5-000e-7000-8000-5a4d0000000e',
} as const

export const gbp = (amount: string) => ({ amount, currency: 'GBP' })
export const asOf = { log_position: 'storage:1842', built_at: '2026-11-20T08:00:04.112Z' }
export const logoName = 'Zb1mJ0c2Qk9yT3hVd2NNLQ.ZGVtbzpTQU5EQk9YRklOQU5DRV9TRklOMDAwMA'
export const institution = { id: 'SANDBOXFINANCE_SFIN0000', name: 'Sandbox Finance', logo: `/logos/${logoName}` }
export const dayOf = { from: '2026-11-01', to: '2026-11-20' }
export const payload = {
  transactionId: '2026112001927902-1',
  bookingDate: '2026-11-20',
  transactionAmount: { amount: '-45.00', currency: 'GBP' },
  creditorName: 'Freshco',
  remittanceInformationUnstructured: 'FRESHCO 0112 BRISTOL',
}
export const sqlOfMonths = 'select count(*) as rows from fct_transactions'
