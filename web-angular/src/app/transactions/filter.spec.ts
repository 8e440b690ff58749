import { filterNames, filterOf, isFiltered, paramsOf } from './filter.ts'

describe('the filter of the rows', () => {
  const full = {
    date_from: '2026-11-01',
    date_to: '2026-11-30',
    account_id: 'a1',
    category: 'groceries',
    direction: 'out',
    status: 'booked',
    q: 'tea & cake',
  } as const

  it('comes back from the URL as it went in', () => {
    const params = paramsOf(full)
    const url = new URLSearchParams(
      Object.entries(params).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    )
    expect(filterOf(Object.fromEntries(url))).toEqual(full)
  })

  it('takes away what is no longer set', () => {
    expect(paramsOf({ q: '' })).toEqual(Object.fromEntries(filterNames.map((name) => [name, null])))
  })

  it.each([
    ['date_from', '2026-13-01'],
    ['date_to', 'yesterday'],
    ['direction', 'sideways'],
    ['status', 'maybe'],
    ['q', 'x'.repeat(201)],
  ])('leaves out %s where the API would refuse it', (name, value) => {
    expect(filterOf({ [name]: value })).toEqual({})
  })

  it('does not know what is not its own', () => {
    expect(filterOf({ cursor: 'x', utm_source: 'y' })).toEqual({})
    expect(isFiltered({})).toBe(false)
    expect(isFiltered({ q: 'x' })).toBe(true)
  })
})
