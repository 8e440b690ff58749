import { connection } from '../../testing/shapes.ts'
import type { QuotaLine } from '../api/types.ts'
import { blockedUntil, consentOf, pillOf, quotaRows } from './look.ts'

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

  it('hold a sync back only when no account has one', () => {
    const used = line({ remaining: 0, resets_at: '2026-11-20T13:08:00Z' })
    expect(blockedUntil([used, line({ account_id: 'a2' })])).toBeUndefined()
    expect(blockedUntil([used])).toBe('2026-11-20T13:08:00Z')
    expect(blockedUntil([])).toBeUndefined()
  })
})
