import { arrangementOf, asItWas, cardIds, laidOut, moved, toggled } from './cards.ts'

const spans = (some: ReturnType<typeof laidOut>) => some.map(({ id, span }) => `${id} ${span}`)

describe('the cards', () => {
  it('stand as drawn at first, two to a row', () => {
    expect(spans(laidOut(arrangementOf(undefined)))).toEqual([
      'month 8',
      'needs 4',
      'spending 5',
      'flow 7',
      'accounts 5',
      'latest 7',
    ])
  })

  it('fill each row, whatever stands beside what; one alone takes the row', () => {
    for (const first of cardIds)
      for (const second of cardIds.filter((id) => id !== first)) {
        const [a, b] = laidOut({ order: [first, second], hidden: [] })
        expect((a?.span ?? 0) + (b?.span ?? 0)).toBe(12)
        expect(Math.min(a?.span ?? 0, b?.span ?? 0)).toBeGreaterThanOrEqual(4)
      }
    expect(spans(laidOut(toggled(asItWas, 'latest'))).at(-1)).toBe('accounts 12')
  })

  it('move, and close up where they left', () => {
    expect(moved(asItWas, 'latest', 0).order).toEqual(['latest', 'month', 'needs', 'spending', 'flow', 'accounts'])
    expect(moved(asItWas, 'month', 99).order.at(-1)).toBe('month')
    expect(moved(asItWas, 'month', -1)).toEqual(asItWas)
  })

  it('keep their place while they are hidden', () => {
    const without = toggled(asItWas, 'needs')
    expect(without.hidden).toEqual(['needs'])
    expect(toggled(without, 'needs')).toEqual(asItWas)
  })

  it('are read from whatever is remembered: unknown ones left out, new ones at the end', () => {
    const read = arrangementOf({ order: ['latest', 'weather', 'latest'], hidden: ['flow', 7] })
    expect(read).toEqual({
      order: ['latest', 'month', 'needs', 'spending', 'flow', 'accounts'],
      hidden: ['flow'],
    })
    expect(arrangementOf('nonsense')).toEqual(asItWas)
  })
})
