import type { ConnectionView, FeedView } from '@pf/contracts'
import { composed } from './connections.ts'

const view: ConnectionView = {
  id: 'c1',
  provider: 'sandbox',
  institution: { id: 'BANK', name: 'Wrenfield Bank', logo: '' },
  friendly_name: null,
  status: 'active',
  consent: null,
  accounts: ['a1', 'a2'],
  demo: false,
  error: null,
}
const feed = (some: Partial<FeedView> = {}): FeedView => ({
  account_id: 'a1',
  connection_id: 'c1',
  last_sync: null,
  last_synced_at: null,
  stale_since: null,
  missed: [],
  held: null,
  next_sync_at: null,
  quota: [],
  ...some,
})

describe('a connection as clients see it', () => {
  const rests = { code: 'bank_rests', until: '2026-11-20T13:00:00.000Z' } as const
  const used = { code: 'quota_exhausted', until: '2026-11-20T09:00:00.000Z' } as const

  it('is held back only while each of its accounts is, until the first is free', () => {
    const other = feed({ account_id: 'a2', held: used })
    expect(composed(view, [feed({ held: rests }), other]).sync_held).toEqual(used)
    expect(composed(view, [feed(), other]).sync_held).toBeNull()
    expect(composed(view, []).sync_held).toBeNull()
    expect(composed(view, [feed({ held: rests, connection_id: 'c2' })]).sync_held).toBeNull()
  })

  it('tells the days that could not be fetched by it, not those that another one missed', () => {
    const days = { from: '2026-03-01', to: '2026-03-12' }
    const missed = [
      { connection_id: 'c1', ...days },
      { connection_id: 'c2', from: '2026-05-01', to: '2026-05-02' },
    ]
    expect(composed(view, [feed({ missed })]).missed).toEqual([{ account_id: 'a1', ...days }])
  })
})
