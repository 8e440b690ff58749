import { barsOf, cellText, toCsv } from './answer.ts'

const columns = [
  { name: 'category', type: 'VARCHAR' },
  { name: 'amount', type: 'DECIMAL(38,4)' },
]

it('a cell loses no digit, and nothing is not an empty text', () => {
  expect(cellText('103021.2400')).toBe('103021.2400')
  expect(cellText(null)).toBe('∅')
  expect(cellText('')).toBe('')
  expect(cellText(['a', 1])).toBe('["a",1]')
})

describe('the answer as CSV', () => {
  it('quotes what has commas, quotes or line ends', () => {
    expect(toCsv({ columns, rows: [['Fish, "chips"\n', '1.00']] })).toBe('category,amount\r\n"Fish, ""chips""\n",1.00')
  })

  it('takes the sting out of what a spreadsheet would compute, and leaves numbers alone', () => {
    const rows = [
      ['=HYPERLINK("x")', '-12.34'],
      ['-2+3', null],
    ]
    expect(toCsv({ columns, rows })).toBe('category,amount\r\n"\'=HYPERLINK(""x"")",-12.34\r\n\'-2+3,')
  })
})

describe('the answer as a chart', () => {
  it('is the first figure by the first name', () => {
    expect(barsOf({ columns, rows: [['income', '10.50']] })).toEqual({
      by: 'category',
      value: 'amount',
      bars: [{ name: 'income', value: 10.5, text: '10.50' }],
    })
  })

  it.each([
    ['without a name', [{ name: 'n', type: 'BIGINT' }], [['1']]],
    ['without a figure', [{ name: 'category', type: 'VARCHAR' }], [['income']]],
    ['without a row', columns, []],
    ['with more rows than one can look at', columns, Array.from({ length: 41 }, () => ['a', '1'])],
  ])('is none %s', (_, some, rows) => {
    expect(barsOf({ columns: some, rows })).toBeUndefined()
  })
})
