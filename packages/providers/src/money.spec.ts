import fc from 'fast-check'
import { exponentOf, formatAmount, parseAmount } from './money.ts'

const minor = (text: string, currency: string) => {
  const parsed = parseAmount(text, currency)
  return parsed.ok ? parsed.amountMinor : parsed.reason
}

describe('an amount', () => {
  it.each([
    ['5', 'EUR', 500n],
    ['-12.0', 'EUR', -1200n],
    ['+3.1', 'EUR', 310n],
    ['12,50', 'EUR', 1250n],
    ['1.234,56', 'EUR', 123456n],
    ['1,234.56', 'EUR', 123456n],
    ['12,34,567.89', 'INR', 123456789n],
    ['1,234,567', 'EUR', 123456700n],
    ["1'234.50", 'CHF', 123450n],
    ['-1\u00a0234.50', 'EUR', -123450n],
    ['\u22127.00', 'GBP', -700n],
    ['7.00-', 'GBP', -700n],
    ['.5', 'GBP', 50n],
    ['1200', 'JPY', 1200n],
    ['5000.00', 'JPY', 5000n],
    ['-1.250', 'KWD', -1250n],
    ['12.3400', 'EUR', 1234n],
    ['-0.00', 'EUR', 0n],
  ])('%s %s is %s minor units', (text, currency, expected) => {
    expect(minor(text, currency)).toBe(expected)
  })

  it.each([
    ['0.005', 'EUR', 'amount_precision'],
    ['1.5', 'JPY', 'amount_precision'],
    ['1,250', 'EUR', 'amount_ambiguous'],
    ['1,23,45', 'EUR', 'amount_unparsable'],
    ['1.2.3,4,5', 'EUR', 'amount_unparsable'],
    ['n/a', 'EUR', 'amount_unparsable'],
    ['', 'EUR', 'amount_unparsable'],
    ['-', 'EUR', 'amount_unparsable'],
    ['.', 'EUR', 'amount_unparsable'],
    [',.', 'EUR', 'amount_unparsable'],
    ['1e5', 'EUR', 'amount_unparsable'],
    ['--1', 'EUR', 'amount_unparsable'],
    ['99999999999999999999', 'EUR', 'amount_unparsable'],
  ])('%s %s is held: %s', (text, currency, reason) => {
    expect(minor(text, currency)).toBe(reason)
  })

  it('is read again from what it is written as, in every currency', () => {
    const amounts = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
    fc.assert(
      fc.property(amounts, fc.constantFrom('GBP', 'JPY', 'KWD', 'CLF'), (amount, currency) => {
        expect(minor(formatAmount(amount, currency), currency)).toBe(amount)
      }),
    )
  })

  it('has the decimals of its currency', () => {
    expect(['GBP', 'JPY', 'KWD'].map(exponentOf)).toEqual([2, 0, 3])
    expect(formatAmount(-5n, 'GBP')).toBe('-0.05')
    expect(formatAmount(-5n, 'JPY')).toBe('-5')
  })
})
