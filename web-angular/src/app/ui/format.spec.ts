import { axisText, figureParts, figureText, sizeText } from './format.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

describe('a figure', () => {
  it('has its pence apart, and a true minus before the symbol', () => {
    expect(figureParts(gbp('-1048.17'), 'flow', 'en-GB')).toEqual({ lead: '−£1,048', pence: '.17', tail: '' })
  })

  it('carries a plus only where money comes in', () => {
    expect(figureParts(gbp('2914.60'), 'flow', 'en-GB').lead).toBe('+£2,914')
    expect(figureParts(gbp('2914.60'), 'balance', 'en-GB').lead).toBe('£2,914')
    expect(figureParts(gbp('-12.00'), 'plain', 'en-GB').lead).toBe('£12')
  })

  it('has no sign at nought', () => {
    expect(figureText(gbp('0.00'), 'flow', 'en-GB')).toBe('£0.00')
    expect(figureText(gbp('-0.00'), 'balance', 'en-GB')).toBe('£0.00')
  })

  it('has as many minor digits as its currency', () => {
    expect(figureText({ amount: '1200', currency: 'JPY' }, 'balance', 'en-GB')).toBe('JP¥1,200')
    expect(figureText({ amount: '1.234', currency: 'KWD' }, 'balance', 'en-GB')).toBe('KWD\u00a01.234')
  })

  it('is placed by the locale', () => {
    expect(figureParts({ amount: '1234.50', currency: 'EUR' }, 'balance', 'de-DE')).toEqual({
      lead: '1.234',
      pence: ',50',
      tail: '\u00a0€',
    })
  })

  it('stays exact beyond what a float holds', () => {
    expect(figureText(gbp('9007199254740993.01'), 'balance', 'en-GB')).toBe('£9,007,199,254,740,993.01')
  })

  it('keeps its sign on its line in a sentence', () => {
    expect(figureText(gbp('-5.00'), 'balance', 'en-GB')).toBe('−\u2060£5.00')
  })
})

describe('an axis', () => {
  it('speaks in whole pounds and thousands', () => {
    expect(axisText(2000, 'GBP', 'en-GB')).toBe('£2k')
    expect(axisText(-2500, 'GBP', 'en-GB')).toBe('−£2.5k')
    expect(axisText(300, 'GBP', 'en-GB')).toBe('£300')
    expect(axisText(0, 'GBP', 'en-GB')).toBe('£0')
  })
})

describe('the size of a file', () => {
  it('is told in kilobytes, and from a million bytes on in megabytes', () => {
    expect(sizeText(400, 'en-GB')).toBe('0 kB')
    expect(sizeText(48_200, 'en-GB')).toBe('48 kB')
    expect(sizeText(1_482_331, 'en-GB')).toBe('1.5 MB')
  })
})
