import { moneyOf } from './money.ts'

describe('money on the wire', () => {
  it.each([
    [-1234n, 'GBP', '-12.34'],
    [5n, 'GBP', '0.05'],
    [0n, 'GBP', '0.00'],
    [-7n, 'EUR', '-0.07'],
    [1500n, 'JPY', '1500'],
    [-1n, 'KWD', '-0.001'],
    [123456n, 'KWD', '123.456'],
    [900719925474099301n, 'GBP', '9007199254740993.01'],
  ])('has all decimals of its currency: %s %s', (minor, currency, amount) => {
    expect(moneyOf(minor, currency)).toEqual({ amount, currency })
  })
})
