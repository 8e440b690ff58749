import fc from 'fast-check'
import { joinedDays, matchAcrossSources } from './across-sources.ts'
import { row, stored } from './builders.ts'

const all = [{ from: '2025-01-01', to: '2025-12-31' }]
const both = { ours: all, theirs: all }

describe('a row of another source', () => {
  it('is the payment of equal amount and similar text, up to three days apart', () => {
    const paid = stored('t1', { date: '2025-03-10', description: 'GRIND COFFEE LONDON' })
    const near = row({ date: '2025-03-13' })
    const far = row({ date: '2025-03-14' })
    expect(matchAcrossSources([near], [paid], { ours: [], theirs: [] }).linked.get(near)).toBe(paid)
    expect(matchAcrossSources([far], [paid], { ours: [], theirs: [] })).toMatchObject({ fresh: [far] })
  })

  it('prefers the similar text to the nearer day', () => {
    const other = stored('t1', { date: '2025-03-10', description: 'Bakery' })
    const same = stored('t2', { date: '2025-03-12' })
    const told = row({ date: '2025-03-10' })
    expect(matchAcrossSources([told], [other, same], both).linked.get(told)).toBe(same)
  })

  it('is the only payment of its amount where both cover the day, whatever its text', () => {
    const paid = stored('t1', { description: 'CARD 4711' })
    const told = row({ description: 'Grind' })
    expect(matchAcrossSources([told], [paid], both).linked.get(told)).toBe(paid)
    expect(matchAcrossSources([told], [paid], { ours: all, theirs: [] })).toMatchObject({ fresh: [told] })
  })

  it('of another currency is never the same payment', () => {
    const told = row({ currency: 'EUR' })
    expect(matchAcrossSources([told], [stored('t1')], both).linked.size).toBe(0)
  })

  it('that the other source should have told and did not differs', () => {
    const told = row({ date: '2025-03-10' })
    expect([...matchAcrossSources([told], [], both).differ]).toEqual([told])
  })

  it('near the end of what the other source has told may still come there, and is new', () => {
    const told = row({ date: '2025-03-10' })
    const theirs = [{ from: '2025-01-01', to: '2025-03-12' }]
    expect(matchAcrossSources([told], [], { ours: all, theirs })).toMatchObject({ fresh: [told] })
  })

  it('that is pending never differs', () => {
    const told = row({ section: 'pending' })
    expect(matchAcrossSources([told], [], both)).toMatchObject({ fresh: [told] })
  })
})

describe('equal payments of two sources', () => {
  it('are counted: as many as the other has are linked, each to one of its own, the rest differ', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), (ours, theirs) => {
        const told = Array.from({ length: ours }, (_, index) => row({ index }))
        const known = Array.from({ length: theirs }, (_, n) => stored(`t${n}`))
        const { linked, differ, fresh } = matchAcrossSources(told, known, both)
        expect(linked.size).toBe(Math.min(ours, theirs))
        expect(new Set(linked.values()).size).toBe(linked.size)
        expect([differ.size, fresh.length]).toEqual([Math.max(0, ours - theirs), 0])
      }),
    )
  })
})

describe('stretches of days', () => {
  it('that touch or overlap become one', () => {
    const days = [
      { from: '2025-03-01', to: '2025-03-10' },
      { from: '2025-01-01', to: '2025-01-31' },
      { from: '2025-02-01', to: '2025-02-10' },
      { from: '2025-03-05', to: '2025-03-06' },
    ]
    expect(joinedDays(days)).toEqual([
      { from: '2025-01-01', to: '2025-02-10' },
      { from: '2025-03-01', to: '2025-03-10' },
    ])
  })
})
