import { createRecent, weightOf } from './recent.ts'

describe('what was used recently', () => {
  it('is kept up to a weight; the least recently used goes first', () => {
    const recent = createRecent<string>(100)
    recent.set('a', 'A', 40)
    recent.set('b', 'B', 40)
    recent.get('a')
    recent.set('c', 'C', 40)
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual(['A', undefined, 'C'])
  })

  it('counts the weight that an entry has now', () => {
    const recent = createRecent<string>(100)
    recent.set('a', 'A', 90)
    recent.set('a', 'A', 10)
    recent.set('b', 'B', 90)
    expect(recent.get('a')).toBe('A')
    recent.delete('b')
    recent.set('c', 'C', 90)
    expect(recent.get('a')).toBe('A')
  })

  it('does not keep what alone is too heavy, nor its younger self', () => {
    const recent = createRecent<string>(100)
    recent.set('a', 'A', 50)
    recent.set('b', 'B', 40)
    recent.set('a', 'grown', 101)
    expect([recent.get('a'), recent.get('b')]).toEqual([undefined, 'B'])
  })
})

describe('the weight of a value', () => {
  it('grows with all that it holds', () => {
    const nested = { list: [{ text: 'x'.repeat(1000) }], map: new Map([['key', new Set(['y'.repeat(1000)])]]) }
    expect(weightOf(nested)).toBeGreaterThan(2000)
    expect(weightOf(nested)).toBeLessThan(3000)
    expect(weightOf(new Uint8Array(5000))).toBeGreaterThan(5000)
    expect(weightOf([1n, null, undefined, true])).toBeLessThan(200)
  })
})
