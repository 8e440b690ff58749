import { fingerprintsOf, normalise, rawRowOf, readBalances, readDetails } from '../payload.ts'

const row = (more: object = {}) => ({
  transaction_amount: { amount: '9.00', currency: 'EUR' },
  credit_debit_indicator: 'DBIT',
  status: 'BOOK',
  booking_date: '2025-03-10',
  ...more,
})
const read = (...pages: object[][]) =>
  normalise(
    { pages: pages.map((transactions) => ({ transactions })) },
    { institutionId: 'Demo|DE', today: '2025-03-14', timeZone: 'Europe/Berlin', currency: 'EUR' },
  )

describe('a row of Enable Banking', () => {
  it.each([
    ['9.00', 'DBIT', -900n],
    ['9.00', 'CRDT', 900n],
    ['-9.00', 'DBIT', -900n],
    ['-9.00', 'CRDT', 900n],
    ['9.00-', 'DBIT', -900n],
  ])('of %s and %s is %s', (amount, indicator, minor) => {
    const [only] = read([
      row({ transaction_amount: { amount, currency: 'EUR' }, credit_debit_indicator: indicator }),
    ]).rows
    expect(only?.amountMinor).toBe(minor)
  })

  it('is held where nobody can tell which way the money went', () => {
    const { rows, held } = read([row({ credit_debit_indicator: null }), row()])
    expect(rows).toHaveLength(1)
    expect(held).toMatchObject([{ index: 0, section: 'booked', reason: 'row_unreadable' }])
  })

  it('is held where its status is none that is documented', () => {
    expect(read([row({ status: 'MAYBE' })]).held).toHaveLength(1)
  })

  it('of any page is counted through, and found again as it was sent', () => {
    const pages = [[row({ entry_reference: 'A-000001' })], [], [row({ entry_reference: 'B-000001', status: 'PDNG' })]]
    expect(read(...pages).rows.map(({ index, section }) => [index, section])).toEqual([
      [0, 'booked'],
      [1, 'pending'],
    ])
    const body = { pages: pages.map((transactions) => ({ transactions })) }
    expect(rawRowOf(body, 1)).toMatchObject({ entry_reference: 'B-000001' })
  })

  it('keeps the currency it was made in', () => {
    const exchange_rate = { exchange_rate: '1.08', instructed_amount: { currency: 'USD', amount: '9.72' } }
    expect(read([row({ exchange_rate })]).rows[0]?.original).toEqual({
      amountMinor: -972n,
      currency: 'USD',
      rate: '1.08',
    })
  })

  it('is unreadable as a whole without its list', () => {
    expect(() =>
      normalise({ pages: [{}] }, { institutionId: '', today: '', timeZone: 'UTC', currency: 'EUR' }),
    ).toThrow('payload_unreadable')
  })
})

describe('an account of Enable Banking', () => {
  const details = {
    account_id: { iban: 'DE89370400440532013000' },
    name: 'J Hartley',
    details: 'Girokonto',
    currency: 'EUR',
    cash_account_type: 'CACC',
    identification_hash: 'abc=',
  }

  it('is known by its IBAN, as by any provider, and by its stable hash', () => {
    expect(fingerprintsOf(details, {}, 'Demo|DE', 'EUR')).toEqual(['iban:DE89370400440532013000:EUR', 'hash:abc=:EUR'])
    expect(readDetails({}, details)).toMatchObject({ name: 'Girokonto', kind: 'current', ownerName: 'J Hartley' })
  })

  it('states its balances under the names that all share', () => {
    const balances = [{ balance_amount: { amount: '5.00', currency: 'EUR' }, balance_type: 'ITBD' }]
    expect(readBalances({ balances })).toMatchObject([{ type: 'interimBooked', amountMinor: 500n }])
  })
})
