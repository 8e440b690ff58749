import { weekdayNames, weeksOf } from './weeks.ts'

describe('the weeks of a month', () => {
  it('begin on Monday', () => {
    const weeks = weeksOf('2026-12')
    expect(weeks).toHaveLength(5)
    expect(weeks[0]).toEqual([
      undefined,
      '2026-12-01',
      '2026-12-02',
      '2026-12-03',
      '2026-12-04',
      '2026-12-05',
      '2026-12-06',
    ])
    expect(weeks[4]?.slice(0, 5)).toEqual(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', undefined])
  })

  it('have the names of their days', () => {
    expect(weekdayNames('short')).toHaveLength(7)
  })
})
