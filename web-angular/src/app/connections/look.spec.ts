import { account, connection } from '../../testing/shapes.ts'
import type { QuotaLine } from '../api/types.ts'
import { consentOf, missedDays, pillOf, quotaRows } from './look.ts'

const line = (some: Partial<QuotaLine>): QuotaLine => ({
  account_id: 'a1',
  scope: 'transactions',
  limit: 4,
  remaining: 3,
  resets_at: null,
  ...some,
})
const failed = { id: 's', status: 'failed', finished_at: null, error: null }

describe('where a connection stands', () => {
  it('is a failed sync before a good consent, but never before an ended one', () => {
    expect(pillOf(connection({ last_sync: failed })).word).toBe('Sync failed')
    expect(pillOf(connection({ status: 'expired', last_sync: failed })).word).toBe('Consent ended')
    expect(pillOf(connection()).word).toBe('Active')
  })
})

describe('a consent', () => {
  const consent = { granted_at: '2026-08-28T09:00:00Z', expires_at: '2026-11-26T09:00:00Z' }

  it('counts the days that are left', () => {
    expect(consentOf(consent, '2026-11-20')).toEqual({ left: 6, total: 90, share: (84 / 90) * 100 })
  })

  it('is below nought when it is over', () => {
    expect(consentOf(consent, '2026-11-28')).toMatchObject({ left: -2, share: 100 })
  })
})

describe('the calls that are left', () => {
  it('are one line where all accounts are the same', () => {
    expect(quotaRows([line({}), line({ account_id: 'a2' })], new Map())).toMatchObject([
      { label: 'Transactions, each account', remaining: 3 },
    ])
  })

  it('are a line for each account where they differ', () => {
    const rows = quotaRows([line({}), line({ account_id: 'a2', remaining: 0 })], new Map([['a2', 'Joint ··8820']]))
    expect(rows.map((row) => row.label)).toEqual(['Transactions, Account', 'Transactions, Joint ··8820'])
  })
})

describe('days that could not be fetched', () => {
  const missed = (account_id: string, from: string, to: string) => ({ account_id, from, to })
  const march = (id: string) => missed(id, '2026-03-01', '2026-03-12')

  it('are told together for the accounts that miss the same', () => {
    const accounts = [account(), account({ id: 'a2', name: 'Savings', iban_masked: null })]
    const may = missed('a1', '2026-05-01', '2026-05-02')
    const all = connection({ accounts: ['a1', 'a2'], missed: [may, march('a1'), march('a2')] })
    expect(missedDays(all, accounts)).toEqual([
      { from: '2026-03-01', to: '2026-03-12', accounts: [] },
      { from: '2026-05-01', to: '2026-05-02', accounts: ['Current ··4471'] },
    ])
    expect(missedDays(connection(), accounts)).toEqual([])
  })

  it('are no matter once the balances prove that no row is missing in them', () => {
    const proven = (verified_to: string) => [account({ proof: { status: 'verified', verified_to } })]
    const one = connection({ missed: [march('a1')] })
    expect(missedDays(one, proven('2026-03-12'))).toEqual([])
    expect(missedDays(one, proven('2026-03-11'))).toHaveLength(1)
  })
})
