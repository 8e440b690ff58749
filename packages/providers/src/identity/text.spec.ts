import fc from 'fast-check'
import { clean, Hash64, hash64, squash, textComparison, ws } from './text.ts'

const similarity = textComparison()
const text = (description: string, counterparty: string | null = null) => ({ description, counterparty })

describe('white space', () => {
  it('is one blank, and what cannot be seen is not there', () => {
    expect(ws('\u200bCaf\u00e9\u00a0\u00a0Linde\u00ad \t\r\n x\u0007y ')).toBe('Caf\u00e9 Linde x y')
  })

  /** The rule as gocardless.md §8.1 words it, one pass for each of its sentences. */
  const byTheBook = (text: string) =>
    text
      .replace(/[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/g, '')
      .replace(/\p{Cc}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()

  it('is every unit that the rule names, and no other', () => {
    for (let unit = 0; unit < 0x10000; unit++) {
      const text = `a${String.fromCharCode(unit)}b`
      if (ws(text) !== byTheBook(text)) throw new Error(`U+${unit.toString(16)} is read as ${JSON.stringify(ws(text))}`)
    }
  })

  it('is the same wherever it stands', () => {
    const unit = fc.constantFrom(
      ...['a', 'B', '9', ' ', ' ', '\u00a0', '\n', '\u200b', '\u00ad', '\u00e9', '\ud83d', '\u2028'],
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        expect(ws(units.join(''))).toBe(byTheBook(units.join('')))
      }),
      { numRuns: 2_000 },
    )
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

describe('the hash in parts', () => {
  const odd = fc.constantFrom(
    ...[
      'a',
      'Z',
      '0',
      ' ',
      '"',
      '\\',
      '\n',
      '\u007f',
      '\u00e9',
      '\u00c9',
      '\u00b5',
      '\u00d7',
      '\u00ff',
      '\u0130',
      '\u0301',
      '\ud83d',
      '\ude00',
      '\u20ac',
    ],
  )
  const texts = fc.array(odd, { maxLength: 10 }).map((units) => units.join(''))

  it('is that of the squashed text, and of the text as JSON', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(new Hash64().addSquashed(text).digest()).toBe(hash64(squash(text)))
        expect(new Hash64().addJson(text).digest()).toBe(hash64(JSON.stringify(text)))
      }),
      { numRuns: 2_000 },
    )
    for (let unit = 0; unit < 0x200; unit++) {
      const text = `a${String.fromCharCode(unit)}b`
      expect(new Hash64().addSquashed(text).digest()).toBe(hash64(squash(text)))
      expect(new Hash64().addJson(text).digest()).toBe(hash64(JSON.stringify(text)))
    }
    expect(new Hash64().addJson(undefined).digest()).toBe(hash64('null'))
  })

  it('is written in 16 digits that were written so in the lake', () => {
    expect([hash64(''), hash64('a'), hash64('GRIND COFFEE')]).toEqual([
      '0616601c3440bd28',
      '11ef2ff8970d0950',
      '41ce0d228a9e5904',
    ])
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
