import { KeyPlaces, SeenTexts } from './key-places.ts'

function placesOf(keys: KeyPlaces, text: string): number[] {
  const found: number[] = []
  for (let entry = keys.first(text); entry !== 0; entry = keys.next(entry)) found.push(keys.place(entry))
  return found
}

describe('places of a text', () => {
  it('are found among very many, few of others with them', () => {
    const keys = new KeyPlaces()
    const text = (n: number) => `2025031200${n}-1`
    const count = 100_000
    for (let n = 0; n < count; n++) keys.put(text(n), n)
    let strangers = 0
    for (let n = 0; n < count; n++) {
      const found = placesOf(keys, text(n))
      if (!found.includes(n)) throw new Error(`${text(n)} is not found`)
      strangers += found.length - 1
    }
    expect(strangers).toBeLessThan(100)
  })

  it('are all told where a text stands several times, the newest first', () => {
    const keys = new KeyPlaces()
    for (const place of [4, 9, 2]) keys.put('same', place)
    keys.put('other', 7)
    expect(placesOf(keys, 'same')).toEqual([2, 9, 4])
    expect(placesOf(keys, 'nobody')).toEqual([])
    expect(placesOf(keys, '')).toEqual([])
  })

  it('are those of every unit of a text', () => {
    const keys = new KeyPlaces()
    const texts = ['a', 'ab', 'ba', 'abc', 'abd', 'xbc', 'axc', '\u00e9', 'e\u0301']
    for (const [place, text] of texts.entries()) keys.put(text, place)
    for (const [place, text] of texts.entries()) expect(placesOf(keys, text)).toEqual([place])
  })
})

describe('texts that were seen', () => {
  const text = (n: number) => `2025031200${n}-1`

  it('are new once, and known from then on', () => {
    const count = 20_000
    const seen = new SeenTexts(count)
    let doubted = 0
    for (let n = 0; n < count; n++) if (!seen.isNew(text(n))) doubted++
    for (let n = 0; n < count; n++) expect(seen.isNew(text(n))).toBe(false)
    expect(doubted).toBeLessThan(5)
  })

  it('may be one, none, or empty', () => {
    const one = new SeenTexts(1)
    expect([one.isNew(''), one.isNew('')]).toEqual([true, false])
    expect(new SeenTexts(0).isNew('a')).toBe(true)
  })
})
