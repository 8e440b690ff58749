import { daysBetween, misreading, shifted, textKey } from './row-likeness.ts'

describe('the likeness of rows', () => {
  it('leaves numbers that change from month to month out of texts', () => {
    expect(textKey('ACME SALARY 11')).toBe(textKey('Acme  salary 12'))
    expect(textKey('TESCO STORES')).not.toBe(textKey('TESCO PETROL'))
  })
  it('counts days across months', () => {
    expect(daysBetween('2026-03-01', '2026-02-27')).toBe(2)
    expect(shifted('2026-03-01', -2)).toBe('2026-02-27')
  })
  it.each([
    [-1250n, 1250n, 'sign'],
    [-1250n, -12500n, 'decimal_point'],
    [-125000n, -1250n, 'decimal_point'],
    [-1250n, -2150n, 'digits_swapped'],
    [-1250n, -1280n, 'one_digit'],
    [-1250n, -1381n, undefined],
    [-1250n, 2150n, undefined],
    [-1250n, -125n, 'decimal_point'],
    [-1250n, -999n, undefined],
  ] as const)('%s and %s: %s', (a, b, how) => {
    expect(misreading(a, b)).toBe(how)
    expect(misreading(b, a)).toBe(how)
  })
})
