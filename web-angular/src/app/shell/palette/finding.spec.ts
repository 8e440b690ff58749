import { finding, grouped, type Item } from './finding.ts'

const item = (text: string, some: Partial<Item> = {}): Item => ({
  id: text,
  group: 'pages',
  icon: 'search',
  text,
  ...some,
})
const texts = (items: readonly Item[]) => items.map(({ text }) => text)

describe('what fits the words', () => {
  it('is all of it, as it stands, without words', () => {
    expect(texts(finding([item('b'), item('a')], '  '))).toEqual(['b', 'a'])
  })

  it('stands first where its name begins so, then where a word of it does', () => {
    const all = [item('Recash'), item('Net cash'), item('Cash flow')]
    expect(texts(finding(all, 'cash'))).toEqual(['Cash flow', 'Net cash', 'Recash'])
  })

  it('has every word, in any order, whatever its accents and case', () => {
    const all = [item('Crédit Agricole', { hint: 'Paris' }), item('Credit card')]
    expect(texts(finding(all, 'PARIS credit'))).toEqual(['Crédit Agricole'])
  })

  it('is found by what else it is called, which is not shown', () => {
    expect(texts(finding([item('Hide amounts', { also: 'privacy blur' })], 'priv'))).toEqual(['Hide amounts'])
  })
})

it('groups stand where their best item does', () => {
  const all = [item('a', { group: 'actions' }), item('b'), item('c', { group: 'actions' })]
  expect(grouped(all).map(({ group, items }) => [group, texts(items)])).toEqual([
    ['actions', ['a', 'c']],
    ['pages', ['b']],
  ])
})
