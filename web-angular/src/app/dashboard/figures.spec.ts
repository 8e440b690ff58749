import { account, booked, connection } from '../../testing/shapes.ts'
import type { CashFlowRow } from '../api/types.ts'
import { counted, currenciesOf } from '../ui/counted.ts'
import { moneyNow, needsOf, soFar } from './figures.ts'
import { periodOf } from './period.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const flow = (period: string, moneyIn: string, out: string, net: string): CashFlowRow => ({
  period,
  currency: 'GBP',
  in: gbp(moneyIn),
  out: gbp(out),
  net: gbp(net),
})

describe('the money now', () => {
  it('is one sum for each kind that there is, after the sum of all', () => {
    const now = moneyNow([
      account({ id: 'a', balances: booked('100.10') }),
      account({ id: 'b', kind: 'card', balances: booked('-40.05') }),
    ])
    expect(now.map((one) => [one.kind, one.sums])).toEqual([
      ['net_worth', [gbp('60.05')]],
      ['current', [gbp('100.10')]],
      ['card', [gbp('-40.05')]],
    ])
  })

  it('never adds two currencies', () => {
    const now = moneyNow([
      account({ balances: booked('1.00') }),
      account({ id: 'b', currency: 'EUR', balances: booked('2.00', 'EUR') }),
    ])
    expect(now[0]?.sums).toEqual([gbp('1.00'), { amount: '2.00', currency: 'EUR' }])
  })

  it('leaves invented money out as soon as there is real money', () => {
    const demo = account({ id: 'd', demo: true })
    expect(counted([demo])).toEqual([demo])
    expect(counted([demo, account()])).toEqual([account()])
  })

  it('is only as proven as its weakest account', () => {
    const proven = account({ proof: { status: 'verified', verified_to: '2026-11-19' } })
    expect(moneyNow([proven, account({ id: 'b' })])[0]?.proof.status).toBe('unverified')
    expect(moneyNow([proven])[0]?.proof).toEqual({ status: 'verified', verified_to: '2026-11-19' })
  })
})

describe('a period so far', () => {
  const days = [
    flow('2026-11-01', '0.00', '-10.10', '-10.10'),
    flow('2026-11-03', '900.00', '-20.20', '879.80'),
    { ...flow('2026-11-03', '7.00', '0.00', '7.00'), currency: 'EUR' },
  ]
  const daysBefore = [flow('2026-10-02', '0.00', '-30.00', '-30.00'), flow('2026-10-25', '500.00', '-70.00', '430.00')]
  const period = periodOf('month', 'before', '2026-11-20')
  const november = soFar({ days, daysBefore }, 'GBP', period)

  it('adds what came in and what went out of one currency, as figures without a sign', () => {
    expect([november.in, november.out, november.net]).toEqual([gbp('900.00'), gbp('30.30'), gbp('869.70')])
  })

  it('stands beside the one before up to the same day, not the whole of it', () => {
    expect(november.before).toEqual({ in: gbp('0.00'), out: gbp('30.00') })
  })

  it('draws one point a day up to today, and the one before whole', () => {
    expect(november.line).toHaveLength(20)
    expect(november.line.at(-1)).toBeCloseTo(30.3)
    expect(november.lineBefore).toHaveLength(31)
    expect(november.lineBefore.at(-1)).toBeCloseTo(100)
  })
})

describe('what needs me', () => {
  const kinds = (...given: Parameters<typeof needsOf>) =>
    needsOf(...given).map((need) => [need.kind, need.kind === 'gap' ? need.account.id : need.connection.id])

  it('is at most three things, worst first', () => {
    const consent = { granted_at: '2026-09-01T00:00:00Z', expires_at: '2026-11-26T00:00:00Z' }
    const all = [
      connection({ id: 'soon', status: 'expiring', consent }),
      connection({ id: 'fine' }),
      connection({ id: 'over', status: 'expired' }),
      connection({ id: 'broken', last_sync: { id: 's', status: 'failed', finished_at: null, error: null } }),
      connection({ id: 'later', status: 'expiring' }),
    ]
    expect(kinds(all, [], '2026-11-20')).toEqual([
      ['failed', 'broken'],
      ['ended', 'over'],
      ['ends', 'soon'],
    ])
  })

  it('is a gap in the proof, before what only ends some day', () => {
    const gap = account({ id: 'g', proof: { status: 'gap', verified_to: '2026-11-10' } })
    const ends = connection({ status: 'expiring' })
    expect(kinds([ends], [gap, account()], '2026-11-20').map(([kind]) => kind)).toEqual(['gap', 'ends'])
  })

  it('is a confirmation that the bank waits for, and a bank whose data stands still', () => {
    const due = { link: 'https://bank', due_at: '2026-11-25T00:00:00Z', valid_to: '2027-05-25T00:00:00Z' }
    const all = [connection({ id: 'old', stale_since: '2026-11-10' }), connection({ id: 'due', reconfirmation: due })]
    expect(kinds(all, [], '2026-11-20')).toEqual([
      ['confirm', 'due'],
      ['stale', 'old'],
    ])
  })

  it('is nothing of a bank that was removed', () => {
    const removed = connection({
      status: 'revoked',
      last_sync: { id: 's', status: 'failed', finished_at: null, error: null },
    })
    expect(kinds([removed], [], '2026-11-20')).toEqual([])
  })
})

it('the currency of most accounts comes first', () => {
  expect(currenciesOf([account({ currency: 'EUR' }), account({ id: 'b' }), account({ id: 'c' })])).toEqual([
    'GBP',
    'EUR',
  ])
})
