import { savedOf } from './saved-filters.ts'

describe('saved filters', () => {
  it('are read as they were written', () => {
    const saved = [{ name: 'Rent', filter: { q: 'rent', direction: 'out' } }]
    expect(savedOf(saved)).toEqual(saved)
  })

  it.each([undefined, null, 'x', {}, [null, 'x', { name: 1, filter: {} }, { name: 'x' }]])('are none in %j', (value) =>
    expect(savedOf(value)).toEqual([]),
  )

  it('leave out of a filter what the page does not know', () => {
    expect(savedOf([{ name: 'Rent', filter: { q: 'rent', colour: 'red', direction: 'up', status: 7 } }])).toEqual([
      { name: 'Rent', filter: { q: 'rent' } },
    ])
  })
})
