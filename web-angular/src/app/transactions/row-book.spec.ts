import { row } from '../../testing/shapes.ts'
import type { Transaction, TransactionPage } from '../api/types.ts'
import { addDays, lastDay, monthOf } from '../ui/days.ts'
import { type MonthCount, mostKept, type PageAsk, RowBook } from './row-book.ts'

const as_of = { log_position: '1', built_at: null }

/** A bank of so many rows a day, back from a day; it answers as the API does. */
function bankOf(perDay: (dayIndex: number) => number, days: number, newest = '2026-11-20') {
  const all: Transaction[] = []
  for (let index = 0; index < days; index++)
    for (let one = 0; one < perDay(index); one++) all.push(row({ id: `t${all.length}`, date: addDays(newest, -index) }))
  const months: MonthCount[] = [...Map.groupBy(all, ({ date }) => monthOf(date))].map(([month, rows]) => ({
    month,
    count: rows.length,
  }))
  let asked = 0
  const answer = (ask: PageAsk | 'first', limit = 200): TransactionPage => {
    asked++
    const begin =
      ask === 'first' ? 0 : ask.from === 'cursor' ? Number(ask.cursor) : all.filter(({ date }) => date > ask.day).length
    const end = begin + limit
    return {
      items: all.slice(begin, end),
      ...(end < all.length ? { next_cursor: String(end) } : {}),
      ...(ask !== 'first' && ask.from === 'cursor' ? {} : { totals: { count: all.length - begin, by_currency: [] } }),
      as_of,
    }
  }
  const book = new RowBook(all.length, months, undefined)
  book.put('first', answer('first', 100))
  const read = (from: number, to: number): number => {
    const before = asked
    for (let ask = book.missing(from, to); ask !== undefined; ask = book.missing(from, to)) {
      if (asked - before > 100) throw new Error('It goes on asking.')
      expect(book.put(ask, answer(ask))).toBe(true)
    }
    return asked - before
  }
  const expectRows = (from: number, to: number) => {
    for (let index = from; index <= to; index++) expect(book.at(index)?.id).toBe(`t${index}`)
  }
  return { all, book, read, expectRows, answer }
}

describe('the list of rows', () => {
  it('goes on by cursor, page after page', () => {
    const { read, expectRows } = bankOf(() => 3, 365)
    expect(read(90, 140)).toBe(1)
    expectRows(0, 140)
  })

  it.each([
    ['few a day', () => 3, 730],
    ['many a day', () => 60, 730],
    ['none on most days', (day: number) => (day % 40 === 0 ? 30 : 0), 730],
    ['all on two days', (day: number) => (day === 100 || day === 101 ? 3000 : 0), 200],
  ])('finds any row in few questions where there are %s', (_name, perDay, days) => {
    const { all, book, expectRows, read } = bankOf(perDay, days)
    for (const share of [1, 0.5, 0.77, 0.01, 0.34]) {
      const last = Math.min(all.length - 1, Math.floor(all.length * share))
      const first = Math.max(0, last - 40)
      expect(read(first, last)).toBeLessThan(30)
      expectRows(first, last)
    }
    expect(book.count).toBe(all.length)
  })

  it('asks for nothing that it has', () => {
    const { read } = bankOf(() => 20, 365)
    read(4000, 4050)
    expect(read(4000, 4050)).toBe(0)
  })

  it('knows where each month begins, before its rows are there', () => {
    const { all, book } = bankOf(() => 20, 100)
    const october = all.findIndex(({ date }) => date <= lastDay('2026-10'))
    expect(book.months.find(({ month }) => month === '2026-10')?.at).toBe(october)
    expect(book.monthAt(october)).toBe('2026-10')
    expect(book.monthAt(october - 1)).toBe('2026-11')
    expect(book.at(october)).toBeUndefined()
  })

  it('says where rows came or went meanwhile', () => {
    const { book, answer } = bankOf(() => 2, 100)
    const ask: PageAsk = { from: 'day', day: '2026-11-10' }
    const page = answer(ask)
    expect(book.put(ask, { ...page, totals: { count: 500, by_currency: [] } })).toBe(false)
    expect(book.put(ask, { ...page, items: page.items.slice(0, 5), next_cursor: undefined })).toBe(false)
  })

  it('keeps no more rows than it may, and those in sight', () => {
    const { book, read, expectRows } = bankOf(() => 100, 400)
    let questions = 0
    for (let index = 0; index < 30_000; index += 1500) {
      questions += read(index, index + 1500)
      book.forgetFarFrom(index + 1500)
    }
    expect(questions).toBeGreaterThan(mostKept / 200)
    expectRows(28_000, 30_000)
    expect(book.at(0)).toBeUndefined()
    read(0, 40)
    expectRows(0, 40)
  })
})
