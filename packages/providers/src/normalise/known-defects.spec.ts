import { normalise } from '../payload.ts'
import type { NormaliseContext } from './transactions.ts'

/** The defects of gocardless.md §5 by their numbers, and the sentences of §8 that answer them. */
const context: NormaliseContext = {
  institutionId: 'ANY_BANK',
  today: '2024-10-30',
  timeZone: 'Europe/Lisbon',
  currency: 'EUR',
  ownerName: 'Ilse Marija Vang',
}
const money = (amount: unknown, currency = 'EUR') => ({ transactionAmount: { amount, currency } })
const row = (more: object = {}) => ({ bookingDate: '2024-10-21', ...money('-7.15'), ...more })
const read = (booked: object[], pending: object[] = [], over: Partial<NormaliseContext> = {}, more: object = {}) =>
  normalise({ transactions: { booked, pending }, ...more }, { ...context, ...over })
const only = (more: object, over: Partial<NormaliseContext> = {}) => read([row(more)], [], over).rows[0]

describe('an id of the bank', () => {
  it.each([
    ['missing', {}],
    ['null', { transactionId: null }],
    ['blank (2)', { transactionId: ' \u00a0 ' }],
    ['a placeholder (3)', { transactionId: 'notprovided' }],
    ['a placeholder for nothing', { transactionId: 'N/A' }],
    ['too short to be trusted (4)', { transactionId: '90210' }],
    ['a short number', { transactionId: 90210 }],
  ])('%s is none', (_, ids) => {
    expect(read([row(ids)]).rows.map(({ tid }) => tid)).toEqual([undefined])
  })

  it('of six characters is one, also as a number', () => {
    expect(only({ transactionId: 'AB-123' })?.tid).toBe('AB-123')
    expect(only({ transactionId: 902_104 })?.tid).toBe('902104')
  })

  it('on rows of another day, amount or currency is none on all of them (4)', () => {
    const id = { transactionId: 'REUSED-1' }
    for (const other of [{ bookingDate: '2024-10-22' }, money('-7.16'), money('-7.15', 'SEK')]) {
      expect(read([row(id), row({ ...id, ...other }), row(id)]).rows.map(({ tid }) => tid)).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
  })

  it('that is reused before the window only is trusted within it', () => {
    const rows = [row({ transactionId: 'REUSED-1' }), row({ transactionId: 'REUSED-1', bookingDate: '2024-09-02' })]
    expect(read(rows, [], { dateFrom: '2024-10-01' }).rows).toMatchObject([{ tid: 'REUSED-1' }])
  })

  it('is trusted by the shape that its bank gives it (7)', () => {
    const ids = ['0123456789abcdef0123456789abcdef', `00DEBIT${'4'.repeat(25)}`, '4'.repeat(40), '4'.repeat(36)]
    const tids = ids.map((transactionId) => only({ transactionId }, { institutionId: 'NATIONWIDE_NAIAGB21' })?.tid)
    expect(tids).toEqual([ids[0], undefined, ids[2], undefined])
  })
})

describe('a row of two that look alike', () => {
  const interest = { ...money('0.07'), remittanceInformationUnstructured: 'Zinsen' }
  const at = (bookingDateTime: string) => row({ ...interest, bookingDateTime })

  it('at midnight UTC goes where its twin has a time (11), in summer time, too', () => {
    const rows = read([at('2024-07-01T00:00:00+00:00'), at('2024-07-01T00:21:09Z')]).rows
    expect(rows).toMatchObject([{ dateTime: '2024-07-01T00:21:09Z' }])
  })

  it('stays where both have a time, both have none, or a bank id tells them apart', () => {
    expect(read([at('2024-07-01T09:00:00Z'), at('2024-07-01T09:00:01Z')]).rows).toHaveLength(2)
    expect(read([at('2024-07-01T00:00:00Z'), at('2024-07-01T00:00:00Z')]).rows).toHaveLength(2)
    const named = { ...at('2024-07-01T00:00:00Z'), transactionId: 'INT-000001' }
    expect(read([named, at('2024-07-01T00:21:09Z')]).rows).toHaveLength(2)
  })

  it('goes as well where the bank writes date-times into its dates', () => {
    const dated = (bookingDate: string) => ({ ...interest, bookingDate })
    expect(read([dated('2024-07-01T00:00:00Z'), dated('2024-07-01T00:21:09Z')]).rows).toHaveLength(1)
  })

  it('stays pending beside the booked one (look-alikes), but not with its very moment or id (16)', () => {
    const moment = row({ bookingDateTime: '2024-10-21T10:11:12.5Z' })
    const id = row({ transactionId: 'PAY-000001', ...money('-9.00') })
    expect(read([moment], [row(), row({ bookingDateTime: '2024-10-21T11:11:12.500+01:00' })]).rows).toHaveLength(2)
    expect(read([id], [row({ transactionId: 'PAY-000001', ...money('-8.00') })]).rows).toHaveLength(1)
  })
})

describe('the day of a row', () => {
  const day = (more: object, timeZone: string) => only({ bookingDate: undefined, ...more }, { timeZone })?.date
  it.each([
    ['local midnight as UTC in summer (23)', '2024-06-30T22:00:00Z', 'Europe/Berlin', '2024-07-01'],
    ['and in winter', '2024-01-31T23:00:00Z', 'Europe/Berlin', '2024-02-01'],
    ['an hour after clocks went forward', '2024-03-31T22:30:00Z', 'Europe/Berlin', '2024-04-01'],
    ['an hour before clocks went back', '2024-10-26T22:30:00Z', 'Europe/Berlin', '2024-10-27'],
    ['after clocks went back', '2024-10-27T22:30:00Z', 'Europe/Berlin', '2024-10-27'],
    ['of a zone west of UTC', '2024-07-02T03:59:59Z', 'America/New_York', '2024-07-01'],
    ['of half an hour', '2024-07-01T18:30:00Z', 'Asia/Kolkata', '2024-07-02'],
    ['with an offset of its own', '2024-07-02T00:30:00+03:00', 'Europe/London', '2024-07-01'],
    ['exactly midnight UTC, west of it', '2024-07-02T00:00:00.000Z', 'America/New_York', '2024-07-02'],
    ['without a zone: literal', '2024-07-02T23:59:59', 'Asia/Tokyo', '2024-07-02'],
  ])('%s', (_, bookingDateTime, zone, expected) => {
    expect(day({ bookingDateTime }, zone)).toBe(expected)
  })

  it('is the first of its dates that is there', () => {
    const all = {
      bookingDateTime: '2024-10-20T12:00:00Z',
      valueDate: '2024-10-19',
      valueDateTime: '2024-10-18T12:00:00Z',
    }
    expect(only(all)?.date).toBe('2024-10-21')
    expect(only({ ...all, bookingDate: '' })?.date).toBe('2024-10-20')
    expect(only({ ...all, bookingDate: null, bookingDateTime: 'soon' })?.date).toBe('2024-10-19')
    expect(only({ bookingDate: undefined, valueDateTime: all.valueDateTime })?.date).toBe('2024-10-18')
  })

  it('that lies ahead gives way to one that does not (21), else it is kept and told (22)', () => {
    expect(only({ bookingDate: '2024-11-01', valueDate: '2024-10-29' })).toMatchObject({
      date: '2024-10-29',
      flags: [],
    })
    expect(only({ bookingDate: '2024-11-01', valueDate: '2024-11-04' })).toMatchObject({
      date: '2024-11-01',
      flags: ['future_dated'],
    })
    expect(only({ bookingDate: context.today })).toMatchObject({ flags: [] })
  })

  it('of a pending row is never ahead (12), and the answer’s where it has none', () => {
    const pending = (more: object, over: object = {}) => read([], [{ ...money('-1.00'), ...more }], {}, over).rows[0]
    const inferred = { flags: ['date_inferred'] }
    expect(pending({ bookingDate: '2024-11-02' })).toMatchObject({ date: context.today, ...inferred })
    expect(pending({}, { last_updated: '2024-10-28T23:30:00Z' })).toMatchObject({ date: '2024-10-28', ...inferred })
    expect(pending({}, { last_updated: '2024-11-28T23:30:00Z' })).toMatchObject({ date: context.today, ...inferred })
    expect(pending({})).toMatchObject({ date: context.today, ...inferred })
  })

  it('decides what is before the window: rows that a bank sends all the same are dropped and counted (25)', () => {
    const rows = [
      row({ bookingDate: '2024-09-30' }),
      row({ bookingDate: '2024-09-30', valueDate: '2024-10-02' }),
      row(),
    ]
    expect(read(rows, [], { dateFrom: '2024-10-01' })).toMatchObject({ outOfRange: 2, rows: [{ index: 2 }] })
  })
})

describe('an amount', () => {
  it.each([
    ['5', 'EUR', 500n],
    ['-12.0', 'EUR', -1200n],
    ['-0.5', 'EUR', -50n],
    [' -1 204,50', 'EUR', -120_450n],
    ["-12'204.50", 'CHF', -1_220_450n],
    ['-12\u2019204.50', 'CHF', -1_220_450n],
    ['\u2212 7.10', 'EUR', -710n],
    ['7,10-', 'EUR', -710n],
    ['\u200e-7.10', 'EUR', -710n],
    ['1.204.311,5', 'EUR', 120_431_150n],
    ['1,204,311', 'EUR', 120_431_100n],
    ['12,5', 'TND', 12_500n],
    ['0.125', 'BHD', 125n],
    ['1500', 'KRW', 1500n],
    ['-1500.00', 'ISK', -1500n],
    [-3.2, 'EUR', -320n],
    ['-0', 'EUR', 0n],
  ])('%j %s is %s (29, 30)', (amount, currency, minor) => {
    expect(only(money(amount, currency))?.amountMinor).toBe(minor)
  })

  it.each([
    ['1,204', 'EUR', 'amount_ambiguous'],
    ['-1,204', 'TND', 'amount_ambiguous'],
    ['10.5', 'KRW', 'amount_precision'],
    ['1.0005', 'BHD', 'amount_precision'],
    ['1,20,4', 'EUR', 'amount_unparsable'],
    ['EUR 5', 'EUR', 'amount_unparsable'],
    [{}, 'EUR', 'amount_unparsable'],
    ['5.00', 'Euro', 'currency_invalid'],
  ])('%j %s is held as %s, and its neighbours are read', (amount, currency, reason) => {
    const { rows, held } = read([row(money(amount, currency)), row()])
    expect([rows.length, held.map((one) => one.reason)]).toEqual([1, [reason]])
  })

  it('without a currency is of the account’s, in whatever case it is written', () => {
    expect(only(money('1.00', ' '))).toMatchObject({ currency: 'EUR', flags: ['currency_inferred'] })
    expect(only(money('1', 'jpy'))).toMatchObject({ currency: 'JPY', amountMinor: 1n })
  })

  it('is turned where a bank has its signs the other way round (17)', () => {
    const [out, back] = read([row(money('5.00')), row(money('-2.00'))], [], {
      institutionId: 'CETELEM_CETMPTP1XXX',
    }).rows
    expect([out?.amountMinor, back?.amountMinor]).toEqual([-500n, 200n])
  })
})

describe('the texts of a row', () => {
  const lines = (...remittanceInformationUnstructuredArray: string[]) => ({ remittanceInformationUnstructuredArray })
  const text = (remittanceInformationUnstructured: string) => ({ remittanceInformationUnstructured })

  it('are told without what cannot be seen (28)', () => {
    const odd = 'Caf\u00e9\u2009\u200bdo\u00ad\tLargo\u2028\u202e 7\u0000'
    expect(only({ creditorName: odd, ...text(odd) })).toMatchObject({
      counterparty: 'Caf\u00e9 do Largo 7',
      description: 'Caf\u00e9 do Largo 7',
    })
  })

  it('are the whole of a cut one where the lines hold it, and else the one', () => {
    expect(only({ ...text('Fatura 2024/7 lu'), ...lines('Fatura 2024/7', 'luz outubro') })?.description).toBe(
      'Fatura 2024/7 luz outubro',
    )
    expect(only({ ...text('Fatura de luz'), ...lines('Outra coisa bem mais longa') })?.description).toBe(
      'Fatura de luz',
    )
    expect(only({ ...text('Fatura de luz outubro'), ...lines('Fatura', 'de luz') })?.description).toBe(
      'Fatura de luz outubro',
    )
    expect(only({ ...text(' - '), ...lines('', ' Luz ', 'NOTPROVIDED') })?.description).toBe('Luz')
  })

  it('are looked for in one field after the other', () => {
    const fields = [
      text('1'),
      lines('2'),
      { remittanceInformationStructured: '3' },
      { remittanceInformationStructuredArray: ['4', 'b'] },
      { additionalInformation: '5' },
      { proprietaryBankTransactionCode: '6' },
      { creditorName: '7' },
      {},
    ]
    const told = fields.map((_, n) => only(Object.assign({}, ...fields.slice(n)))?.description)
    expect(told).toEqual(['1', '2', '3', '4 b', '5', '6', '7', ''])
  })

  it('may be a list where one is due, one where a list is, or a structure', () => {
    expect(only({ remittanceInformationUnstructured: ['Luz', 'outubro'] })?.description).toBe('Luz outubro')
    expect(only({ remittanceInformationUnstructuredArray: 'Luz outubro' })?.description).toBe('Luz outubro')
    expect(only({ remittanceInformationStructured: { reference: 'RF18 5390' } })?.description).toBe('RF18 5390')
    expect(only({ remittanceInformationStructuredArray: [{ reference: 'RF18' }, 'b'] })?.description).toBe('RF18 b')
  })

  it('name the holder only on the right side (26)', () => {
    for (const debtorName of ['ILSE MARIJA VANG', 'Vang, Ilse M.', 'Frau I. Vang', 'vang ilse marija']) {
      expect(only({ debtorName, ...text('Padaria\nLargo 7') })?.counterparty).toBe('Padaria')
    }
    expect(only({ debtorName: 'Nils Vang', ...text('Padaria') })?.counterparty).toBe('Nils Vang')
    expect(only({ debtorName: 'Ilse Marija Vang' }, { institutionId: 'X' })?.counterparty).toBeNull()
    expect(only({ creditorName: 'I M VANG', ...text('Poupança') })?.counterparty).toBe('I M VANG')
    const { ownerName: _, ...nobody } = context
    const unknown = normalise({ transactions: { booked: [row({ debtorName: 'Somebody' })] } }, nobody)
    expect(unknown.rows[0]?.counterparty).toBeNull()
  })

  it('name the ultimate other side first, by the sign; either side where nothing moved', () => {
    const all = { ultimateCreditor: 'UC', creditorName: 'C', ultimateDebtor: 'UD', debtorName: 'D' }
    expect(only(all)?.counterparty).toBe('UC')
    expect(only({ ...all, ...money('1.00') })?.counterparty).toBe('UD')
    expect(only({ ...all, ultimateCreditor: 'NOTPROVIDED' })?.counterparty).toBe('C')
    expect(only({ debtorName: 'D', ...money('0.00') })).toMatchObject({ counterparty: 'D', amountMinor: 0n })
  })
})

describe('odd forms of what is told beside (27)', () => {
  it('leave the row as it is', () => {
    const odd = {
      creditorAccount: 'PT50000201231234567890154',
      debtorAccount: ['x'],
      balanceAfterTransaction: '1204.33',
      currencyExchange: [null, 'EUR', { instructedAmount: '5' }],
      merchantCategoryCode: ['5812'],
      bankTransactionCode: { code: 'x' },
      mandateId: null,
    }
    expect(only(odd)).toEqual(only({}))
  })

  it('are read where they can be', () => {
    const original = { amountMinor: -900n, currency: 'SEK', rate: '0.088' }
    const leg = { instructedAmount: { amount: '9.00', currency: 'SEK' }, exchangeRate: '0.088' }
    expect(only({ currencyExchange: leg })?.original).toEqual(original)
    expect(only({ currencyExchange: [{ sourceCurrency: 'DKK' }, leg] })?.original).toEqual(original)
    expect(only({ merchant_category_code: 5411 })?.mcc).toBe('5411')
  })
})
