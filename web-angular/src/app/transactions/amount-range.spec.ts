import { amountRangeOf, directed, filterOfAmounts } from './amount-range.ts'

describe('amounts as a person says them', () => {
  it.each([
    [
      { direction: 'out', least: '10', most: '50.5' },
      { direction: 'out', min_amount: '-50.5', max_amount: '-10' },
    ],
    [
      { direction: 'in', least: '10', most: '50.5' },
      { direction: 'in', min_amount: '10', max_amount: '50.5' },
    ],
    [
      { direction: 'out', least: '100' },
      { direction: 'out', min_amount: undefined, max_amount: '-100' },
    ],
    [
      { direction: 'out', least: '0', most: '5' },
      { direction: 'out', min_amount: '-5', max_amount: '0' },
    ],
  ] as const)('%j are %j to the API, and back', (range, filter) => {
    expect(filterOfAmounts(range)).toEqual(filter)
    expect(amountRangeOf(filter)).toEqual(range)
  })

  it('are read from an address that names no direction', () => {
    expect(amountRangeOf({ min_amount: '-50', max_amount: '-10' })).toEqual({
      direction: 'out',
      least: '10',
      most: '50',
    })
    expect(amountRangeOf({ max_amount: '20' })).toEqual({ direction: 'in', most: '20' })
    expect(amountRangeOf({ direction: 'out' })).toBeUndefined()
  })

  it('turn with the direction', () => {
    const filter = { direction: 'out', min_amount: '-50', max_amount: '-10' } as const
    expect(directed(filter, 'in')).toEqual({ direction: 'in', min_amount: '10', max_amount: '50' })
    expect(directed(filter, undefined)).toEqual({ direction: undefined, min_amount: undefined, max_amount: undefined })
    expect(directed({ q: 'x' }, 'in')).toEqual({ direction: 'in' })
  })
})
