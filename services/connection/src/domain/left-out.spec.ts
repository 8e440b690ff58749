import { leftOutCounts, leftOutError } from './left-out.ts'

describe('accounts that are left out of a consent', () => {
  it('are no matter where there are none', () => {
    expect(leftOutError([])).toBeUndefined()
    expect(leftOutCounts([])).toEqual([])
  })

  it('are counted, each kind with its reason, under the code of the first', () => {
    const reasons = ['account_ambiguous', 'account_unidentified', 'account_ambiguous'] as const
    const error = leftOutError(reasons)
    expect(leftOutCounts(reasons)).toEqual([
      { reason: 'account_ambiguous', accounts: 2 },
      { reason: 'account_unidentified', accounts: 1 },
    ])
    expect(error?.code).toBe('account_ambiguous')
    expect(error?.detail).toMatch(/^Not read: 2 accounts of this bank, because .+\. Not read: 1 account of this bank, /)
  })
})
