import { amountTyped } from './amount-typed.ts'

describe('an amount as a person types it', () => {
  it.each([
    ['-12.34', '-12.34'],
    [' 12,5 ', '12.5'],
    ['\u22127', '-7'],
  ])('%s is %s', (typed, amount) => expect(amountTyped(typed)).toBe(amount))

  it.each(['', '1.234,56', '1,234.56', 'twelve', '--1'])('%s is none: it is not guessed', (typed) =>
    expect(amountTyped(typed)).toBeUndefined(),
  )
})
