import { smallAccounts } from './small.ts'

const spec = { scenario: 'small', seed: 'one', asOf: 20_000, accounts: 2 } as const
const [current] = smallAccounts(spec)
const payments = [...(current?.payments(20_365) ?? [])]

describe('a small world', () => {
  it('has about a payment a day, and a longer look changes nothing of a shorter one', () => {
    const [again] = smallAccounts(spec)
    const month = [...(again?.payments(20_030) ?? [])]
    expect(payments.length).toBeGreaterThan(300)
    expect(payments.length).toBeLessThan(800)
    expect(payments.slice(0, month.length)).toEqual(month)
    expect(again?.payments(20_365)).toEqual(payments)
  })

  it('has of everything that is odd about payments', () => {
    expect(payments.some(({ ids }) => ids === 'none')).toBe(true)
    expect(payments.some(({ ids, pendingFrom }) => ids === 'reissued' && pendingFrom !== null)).toBe(true)
    expect(payments.some(({ releasedDay, pendingFrom }) => releasedDay !== undefined && pendingFrom !== null)).toBe(
      true,
    )
    expect(payments.some(({ postedDay, bookingDay }) => postedDay > bookingDay)).toBe(true)
    const twins = payments.filter(
      (one, n) => payments[n - 1]?.amountMinor === one.amountMinor && payments[n - 1]?.valueDay === one.valueDay,
    )
    expect(twins.length).toBeGreaterThan(5)
  })

  it('is another one under another seed, and differs from account to account', () => {
    const [other] = smallAccounts({ ...spec, seed: 'two' })
    const [, second] = smallAccounts(spec)
    expect(other?.payments(20_100)).not.toEqual(current?.payments(20_100))
    expect(second?.payments(20_100)).not.toEqual(current?.payments(20_100))
  })
})
