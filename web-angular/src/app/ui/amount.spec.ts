import { isNegative, magnitude, minus, sums, toAmount, toUnits } from './amount.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

describe('an amount', () => {
  it('is exact where a float is not', () => {
    expect(sums([gbp('0.10'), gbp('0.20')])).toEqual([gbp('0.30')])
    expect(sums([gbp('9007199254740993.01'), gbp('0.01')])).toEqual([gbp('9007199254740993.02')])
  })

  it('is never added to another currency', () => {
    expect(sums([gbp('1.00'), { amount: '2.00', currency: 'EUR' }, gbp('3.00')])).toEqual([
      gbp('4.00'),
      { amount: '2.00', currency: 'EUR' },
    ])
  })

  it('keeps its sign through nought', () => {
    expect(minus(gbp('1.00'), gbp('2.50'))).toEqual(gbp('-1.50'))
    expect(toUnits('-0.05')).toBe(-500n)
    expect(isNegative(gbp('-0.00'))).toBe(false)
    expect(magnitude(gbp('-12.34'))).toEqual(gbp('12.34'))
  })

  it('keeps a third place where the currency has one', () => {
    expect(toAmount(toUnits('1.234'))).toBe('1.234')
    expect(toAmount(toUnits('5'))).toBe('5.00')
  })

  it('refuses what is no decimal', () => {
    expect(() => toUnits('1e3')).toThrow(RangeError)
    expect(() => toUnits('')).toThrow(RangeError)
  })
})
