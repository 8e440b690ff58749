import { clean, hash64, squash, textComparison, ws } from './text.ts'

const similarity = textComparison()
const text = (description: string, counterparty: string | null = null) => ({ description, counterparty })

describe('white space', () => {
  it('is one blank, and what cannot be seen is not there', () => {
    expect(ws('\u200bCaf\u00e9\u00a0\u00a0Linde\u00ad \t\r\n x\u0007y ')).toBe('Caf\u00e9 Linde x y')
  })
})

describe('a placeholder', () => {
  it.each(['NOTPROVIDED', 'notprovided', ' n/a ', '-', '0', 'NULL'])('%j is nothing', (word) => {
    expect(clean(word)).toBe('')
  })
  it('inside a text stays', () => {
    expect(clean('Ref NOTPROVIDED')).toBe('Ref NOTPROVIDED')
  })
})

describe('squashing', () => {
  it('keeps letters and digits of every script, without case', () => {
    expect(squash('Ça-va №5, ΑΓΟΡΑ!')).toBe('çava5αγορα')
    expect(squash('e\u0301')).toBe(squash('\u00e9'))
  })
})

describe('the texts of two rows', () => {
  it('are alike where one contains the other', () => {
    expect(similarity(text('12.03 REMA TORGET'), text('REMA TORGET'))).toBe(1)
    expect(similarity(text('Varekjop', 'Kiwi 512'), text('Varekjop 10.03 Kiwi 512 Oslo', 'Kiwi 512'))).toBe(1)
  })
  it('are alike with half of their words in common', () => {
    expect(similarity(text('POS TESCO STORES 3312'), text('TESCO STORES LONDON 3312'))).toBe(0.75)
  })
  it('are not alike by a word that all payments have', () => {
    expect(similarity(text('Card payment', 'Bakery North'), text('Card payment', 'Garage South Ltd'))).toBe(0)
  })
  it('are not alike by less than four characters, or by nothing', () => {
    expect(similarity(text('TV'), text('TVX Ltd'))).toBe(0)
    expect(similarity(text(''), text(''))).toBe(0)
  })
})

describe('the hash', () => {
  it('tells near texts apart', () => {
    const hashes = new Set<string>()
    for (let i = 0; i < 100_000; i++) hashes.add(hash64(`payment ${i}`))
    expect(hashes.size).toBe(100_000)
    expect(hash64('a')).toMatch(/^[0-9a-f]{16}$/)
  })
})
