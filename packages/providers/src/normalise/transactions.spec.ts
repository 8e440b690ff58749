import { normalise } from '../payload.ts'
import { profileOf } from './profiles.ts'

const context = {
  institutionId: 'X',
  today: '2025-03-14',
  timeZone: 'Europe/London',
  currency: 'GBP',
  ownerName: 'J Hartley',
  dateFrom: '2025-03-01',
}
const amount = (value: string, currency = 'GBP') => ({ transactionAmount: { amount: value, currency } })
const read = (booked: object[], pending: object[] = [], last_updated = '2025-03-14T06:00:00Z') =>
  normalise({ transactions: { booked, pending }, last_updated }, context)
const one = (row: object) => read([{ bookingDate: '2025-03-10', ...amount('-1.00'), ...row }]).rows[0]

describe('a response', () => {
  it('without a list of booked rows is refused rather than taken for empty', () => {
    const unreadable = expect.objectContaining({ code: 'payload_unreadable' })
    for (const body of [{}, { transactions: {} }, { transactions: { booked: null } }]) {
      expect(() => normalise(body, context)).toThrow(unreadable)
    }
    expect(() => normalise(new TextEncoder().encode('{"J Hartley'), context)).toThrow(unreadable)
    expect(() => normalise(new TextEncoder().encode('{"J Hartley'), context)).not.toThrow(/Hartley/)
  })

  it('holds rows that cannot be read and keeps their neighbours, each by its place', () => {
    const { rows, held } = read(
      [
        null as unknown as object,
        { ...amount('1.00') },
        { bookingDate: '2025-03-10', ...amount('x') },
        { bookingDate: '2025-03-10', ...amount('-2.00', 'pounds') },
      ],
      [amount('-3.00')],
    )
    expect(held.map(({ index, reason }) => `${index} ${reason}`)).toEqual([
      '0 row_unreadable',
      '1 no_date',
      '2 amount_unparsable',
      '3 currency_invalid',
    ])
    expect(rows).toMatchObject([{ index: 4, section: 'pending', date: '2025-03-14', flags: ['date_inferred'] }])
  })

  it('is stale when the bank’s data is more than two days old', () => {
    expect(read([], [], '2025-03-12T06:00:00Z').stale).toBe(false)
    expect(read([], [], '2025-03-11T06:00:00Z').stale).toBe(true)
  })

  it('drops booked rows before the window, but no pending ones', () => {
    const old = { bookingDate: '2025-02-20', ...amount('-5.00') }
    expect(read([old], [old])).toMatchObject({ outOfRange: 1, rows: [{ section: 'pending', date: '2025-02-20' }] })
  })
})

describe('a row', () => {
  it('delivered twice is one, known by either id', () => {
    const row = { bookingDate: '2025-03-10', ...amount('-5.00') }
    const byBank = { ...row, transactionId: 'tx-000001', internalTransactionId: 'i1' }
    const byBoth = { ...row, transactionId: 'tx-000001', internalTransactionId: 'i2' }
    const byOther = { ...row, internalTransactionId: 'i2' }
    expect(read([byBank, byBoth, byOther])).toMatchObject({ rows: [{ index: 0 }], duplicates: 2 })
  })

  it('with the id of a different one has no bank id', () => {
    const ids = read([
      { bookingDate: '2025-03-10', transactionId: 'tx-000001', ...amount('-5.00') },
      { bookingDate: '2025-03-11', transactionId: 'tx-000001', ...amount('-5.00') },
      { bookingDate: '2025-03-11', transactionId: 'tx-000002', ...amount('-5.00') },
    ]).rows.map(({ tid }) => tid)
    expect(ids).toEqual([undefined, undefined, 'tx-000002'])
  })

  it('at midnight UTC is the twin of one with a time of day, one for one', () => {
    const interest = { ...amount('0.31'), remittanceInformationUnstructured: 'Interest' }
    const at = (bookingDateTime: string, n: number) => ({
      ...interest,
      bookingDateTime,
      internalTransactionId: `i${n}`,
    })
    const twins = [at('2025-03-10T00:00:00Z', 1), at('2025-03-10T00:38:36Z', 2), at('2025-03-10T00:00:00Z', 3)]
    expect(read(twins).rows.map(({ iid }) => iid)).toEqual(['i2', 'i3'])
    expect(read(twins.slice(0, 1)).rows).toHaveLength(1)
  })

  it('booked is not pending too, by its id or its moment', () => {
    const moment = { bookingDateTime: '2025-03-10T08:02:11Z', ...amount('-5.00') }
    const id = { bookingDate: '2025-03-10', transactionId: 'tx-000001', ...amount('-6.00') }
    const lookAlike = { bookingDateTime: '2025-03-10T08:02:12Z', ...amount('-5.00') }
    expect(read([moment, id], [moment, { ...id, ...amount('-7.00') }, lookAlike])).toMatchObject({ duplicates: 2 })
    expect(read([moment, id], [moment, id, lookAlike]).rows.map(({ index }) => index)).toEqual([0, 1, 4])
  })

  it('dated ahead keeps its day when booked, and is told', () => {
    expect(one({ bookingDate: '2025-03-20' })).toMatchObject({ date: '2025-03-20', flags: ['future_dated'] })
    expect(one({ bookingDate: '2025-03-20', valueDate: '2025-03-12' })).toMatchObject({ date: '2025-03-12', flags: [] })
  })

  it('names the other side by its sign, and never the holder from the wrong side', () => {
    expect(one({ creditorName: 'Shop', debtorName: 'J HARTLEY' })?.counterparty).toBe('Shop')
    expect(one({ debtorName: 'J. HARTLEY', remittanceInformationUnstructured: 'Line 1\nLine 2' })?.counterparty).toBe(
      'Line 1',
    )
    expect(one({ debtorName: 'Somebody' })?.counterparty).toBe('Somebody')
    expect(one({ creditorName: 'J HARTLEY', remittanceInformationUnstructured: 'x' })?.counterparty).toBe('J HARTLEY')
    expect(one({ ...amount('2.00'), ultimateDebtor: 'Payer', debtorName: 'Agent' })?.counterparty).toBe('Payer')
  })

  it('is described by the first field that says something', () => {
    expect(one({ additionalInformation: 'Info', proprietaryBankTransactionCode: 'POS' })?.description).toBe('Info')
    expect(one({ proprietaryBankTransactionCode: 'POS' })).toMatchObject({
      description: 'POS',
      counterparty: null,
      bankCode: 'POS',
    })
    expect(one({ creditorName: 'Shop' })?.description).toBe('Shop')
  })

  it('tells the foreign amount, as an object or in an array, with its own sign', () => {
    const leg = { instructedAmount: { amount: '25.38', currency: 'USD' }, exchangeRate: '1.08' }
    const original = { amountMinor: -2538n, currency: 'USD', rate: '1.08' }
    expect(one({ currencyExchange: leg })?.original).toEqual(original)
    expect(one({ currencyExchange: [{ sourceCurrency: 'USD' }, leg] })?.original).toEqual(original)
    expect(one({ currencyExchange: 'USD' })?.original).toBeUndefined()
  })

  it('reads the odd forms of the rest, or leaves them', () => {
    const balance = { balanceAmount: { amount: '10.00', currency: 'GBP' }, balanceType: 'interimBooked' }
    expect(one({ balanceAfterTransaction: balance, merchant_category_code: 5812 })).toMatchObject({
      balanceAfter: { amountMinor: 1000n, currency: 'GBP' },
      mcc: '5812',
    })
    const odd = one({ balanceAfterTransaction: '10.00', merchantCategoryCode: 'food', creditorAccount: 'GB1' })
    expect(odd).toMatchObject({ amountMinor: expect.any(BigInt), mcc: undefined, balanceAfter: undefined })
    expect(one({ transactionAmount: { amount: 5 } })).toMatchObject({ amountMinor: 500n, flags: ['currency_inferred'] })
  })

  it('has another content hash when anything of it changes', () => {
    const changes = [
      {},
      { valueDate: '2025-03-11' },
      { transactionId: 'tx-000001' },
      { merchantCategoryCode: '5812' },
      { creditorName: 'A' },
    ]
    expect(new Set(changes.map((over) => one(over)?.contentHash)).size).toBe(changes.length)
    expect(one({ internalTransactionId: 'i1' })?.fp).toBe(one({ internalTransactionId: 'i2' })?.fp)
  })
})

describe('a bank profile', () => {
  it('changes what it names and nothing else', () => {
    expect(profileOf('CETELEM_CETMPTP1XXX')).toEqual({ ...profileOf('ANY'), flipSign: true })
  })
})
