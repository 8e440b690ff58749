import { daysBefore, without } from './missed.ts'

const days = (from: number, to: number) => ({ from: `2026-03-${pad(from)}`, to: `2026-03-${pad(to)}` })
const pad = (day: number) => String(day).padStart(2, '0')

describe('days that nobody asked for', () => {
  it('are those between the last stored day and a window that begins after it', () => {
    expect(daysBefore(days(13, 31), '2026-03-01')).toEqual(days(1, 12))
    expect(daysBefore(days(13, 31), '2026-03-12')).toEqual(days(12, 12))
  })

  it('are none where the window begins on the last stored day or before, or nothing is stored', () => {
    expect(daysBefore(days(13, 31), '2026-03-13')).toBeUndefined()
    expect(daysBefore(days(13, 31), '2026-03-20')).toBeUndefined()
    expect(daysBefore(days(13, 31), undefined)).toBeUndefined()
  })
})

describe('days without those that are covered', () => {
  it('are cut at either end, in the middle, or gone', () => {
    expect(without([days(5, 10)], [days(1, 6)])).toEqual([days(7, 10)])
    expect(without([days(5, 10)], [days(10, 12)])).toEqual([days(5, 9)])
    expect(without([days(5, 10)], [days(7, 8)])).toEqual([days(5, 6), days(9, 10)])
    expect(without([days(5, 10)], [days(5, 10)])).toEqual([])
    expect(without([days(5, 10)], [days(1, 7), days(8, 31)])).toEqual([])
  })

  it('stay as they are beside what lies elsewhere, with all else that is said of them', () => {
    const ours = { ...days(5, 10), connectionId: 'c' }
    expect(without([ours], [days(1, 4), days(11, 12)])).toEqual([ours])
    expect(without([ours], [days(6, 31)])).toEqual([{ ...days(5, 5), connectionId: 'c' }])
    expect(without([ours], [])).toEqual([ours])
  })
})
