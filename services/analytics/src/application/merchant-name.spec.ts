import { merchantName } from './merchant-name.ts'

describe("a merchant's name", () => {
  it.each([
    ['tesco stores', 'Tesco Stores'],
    ['bp', 'BP'],
    ['h&m', 'H&M'],
    ['fenwick & rowe', 'Fenwick & Rowe'],
    ['o2', 'O2'],
    ['café élan', 'Café Élan'],
  ])('%s is written %s', (merchant, name) => {
    expect(merchantName(merchant)).toBe(name)
  })
})
