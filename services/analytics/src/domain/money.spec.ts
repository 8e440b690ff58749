import { currenciesByPlaces, minorOf, moneyOf } from './money.ts'

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

describe('an amount in minor units', () => {
  it.each([
    ['-12.34', 2, 'up', -1234n],
    ['50', 2, 'down', 5000n],
    ['0.5', 3, 'up', 500n],
    ['-0', 2, 'up', 0n],
    ['12.345', 2, 'up', 1235n],
    ['12.345', 2, 'down', 1234n],
    ['-12.345', 2, 'up', -1234n],
    ['-12.345', 2, 'down', -1235n],
    ['-0.5', 0, 'up', 0n],
    ['-0.5', 0, 'down', -1n],
    ['12.3400', 2, 'down', 1234n],
    ['999999999999999.9999', 3, 'up', 1000000000000000000n],
  ] as const)('%s with %i decimals, rounded %s, is %s', (amount, places, rounded, minor) => {
    expect(minorOf(amount, places, rounded)).toBe(minor)
  })
  it('counts in the decimals of its currency', () => {
    expect(currenciesByPlaces(['EUR', 'GBP', 'JPY', 'KWD'])).toEqual([
      [0, ['JPY']],
      [2, ['EUR', 'GBP']],
      [3, ['KWD']],
    ])
  })
})
