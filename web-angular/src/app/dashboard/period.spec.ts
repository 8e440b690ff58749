import { againstOf, periodName, periodOf, rangeOf } from './period.ts'

describe('a period', () => {
  it('that is under way stands beside the same days, of last month or of last year', () => {
    expect(periodOf('month', 'before', '2026-11-20')).toMatchObject({
      from: '2026-11-01',
      to: '2026-11-20',
      end: '2026-11-30',
      beside: { from: '2026-10-01', to: '2026-10-20', end: '2026-10-31' },
    })
    expect(periodOf('month', 'year', '2026-11-20').beside).toEqual({
      from: '2025-11-01',
      to: '2025-11-20',
      end: '2025-11-30',
    })
  })

  it('stands beside the whole of a shorter month, not beyond it', () => {
    expect(periodOf('month', 'before', '2026-03-30').beside.to).toBe('2026-02-28')
  })

  it('that is over stands whole beside a whole one', () => {
    expect(periodOf('last_month', 'before', '2026-03-10')).toMatchObject({
      from: '2026-02-01',
      to: '2026-02-28',
      beside: { from: '2026-01-01', to: '2026-01-31' },
    })
  })

  it('on its last day is not over yet: the same days count', () => {
    expect(periodOf('month', 'before', '2026-11-30').beside.to).toBe('2026-10-30')
  })

  it('of several months moves back by as many', () => {
    expect(periodOf('quarter', 'before', '2026-11-20')).toMatchObject({
      from: '2026-09-01',
      beside: { from: '2026-06-01', to: '2026-08-20', end: '2026-08-31' },
    })
    expect(periodOf('twelve', 'before', '2026-11-20')).toMatchObject({
      from: '2025-12-01',
      beside: { from: '2024-12-01', to: '2025-11-20' },
    })
  })

  it('of a year begins in January and ends in December', () => {
    expect(periodOf('year', 'year', '2026-11-20')).toMatchObject({
      from: '2026-01-01',
      end: '2026-12-31',
      beside: { from: '2025-01-01', to: '2025-11-20', end: '2025-12-31' },
    })
  })

  it('is called by its month, its year, or its days', () => {
    expect(periodName(periodOf('month', 'before', '2026-11-20'), '2026-11-20')).toBe('November')
    expect(periodName(periodOf('last_month', 'before', '2026-01-20'), '2026-01-20')).toBe('December 2025')
    expect(periodName(periodOf('year', 'before', '2026-01-20'), '2026-01-20')).toBe('2026')
    expect(periodName(periodOf('quarter', 'before', '2026-11-20'), '2026-11-20')).toMatch(/September.*November/)
  })
})

it('an address that asks for what there is not shows the default', () => {
  expect([rangeOf('decade'), rangeOf('year'), againstOf('x'), againstOf('year')]).toEqual([
    'month',
    'year',
    'before',
    'year',
  ])
})
