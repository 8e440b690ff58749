import { heldReasons, payments, read, refusal } from '../builders.ts'

const mt940 = (...lines: string[]) =>
  [
    ':20:STARTUMS',
    ':25:37040044/532013000',
    ':28C:00001/001',
    ':60F:C260430EUR1000,00',
    ...lines,
    ':62F:C260531EUR900,5',
    '-',
  ].join('\r\n')

describe('MT940', () => {
  it('tells account, balances and the payments in between', () => {
    const statement = read(
      mt940(
        ':61:2605040504DR25,50NTRFNONREF//B4711',
        ':86:177?00SEPA-UEBERWEISUNG?109310?20EREF+E2E-7?21SVWZ+Rechnung 7 vom Ma',
        'i?22 2026?30ABNANL2A?31NL91ABNA0417164300?32Kaese und Co KG Hauptstras?33se?34997',
      ),
    )
    expect(statement).toMatchObject({ format: 'mt940', problems: [] })
    expect(statement.accounts).toMatchObject([
      {
        identifiers: { bban: '370400440532013000' },
        currency: 'EUR',
        window: { from: '2026-05-04', to: '2026-05-04' },
        balances: [
          { type: 'opening', date: '2026-04-30', amount: '1000.00', currency: 'EUR' },
          { type: 'closing', date: '2026-05-31', amount: '900.5', currency: 'EUR' },
        ],
      },
    ])
    expect(statement.accounts[0]?.rows[0]?.row).toMatchObject({
      entryReference: 'B4711',
      endToEndId: 'E2E-7',
      bookingDate: '2026-05-04',
      valueDate: '2026-05-04',
      transactionAmount: { amount: '-25.50', currency: 'EUR' },
      creditorAccount: { iban: 'NL91ABNA0417164300' },
      bankTransactionCode: '177',
      proprietaryBankTransactionCode: 'SEPA-UEBERWEISUNG',
    })
    expect(payments(statement)[0]?.[3]).toBe('Rechnung 7 vom Mai 2026')
  })

  it.each([
    ['C', '1050'],
    ['D', '-1050'],
    ['RC', '-1050'],
    ['RD', '1050'],
    ['CR', '1050'],
    ['RDR', '1050'],
  ])('takes %s the way the money went', (way, minor) => {
    const statement = read(mt940(`:61:260504${way}10,5NMSCNONREF`, ':86:a text'))
    expect(payments(statement)).toEqual([['2026-05-04', `${minor} EUR`, 'a text', 'a text']])
  })

  it('puts an entry day into the year nearest to the value day', () => {
    const statement = read(mt940(':61:2512310102D1,00NMSCNONREF', ':61:2601021231D2,00NMSCNONREF'))
    expect(statement.accounts[0]?.rows.map(({ row }) => row['bookingDate'])).toEqual(['2026-01-02', '2025-12-31'])
  })

  it('reads the Dutch form of the information', () => {
    const statement = read(
      mt940(
        ':61:260504D25,50NTRFEREF//X',
        ':86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/Energie BV',
        '/REMI/Termijn mei/EREF/NOTPROVIDED',
      ),
    )
    expect(payments(statement)).toEqual([['2026-05-04', '-2550 EUR', 'Energie BV', 'Termijn mei']])
    const ing = read(
      mt940(
        ':61:260504C25,50NTRFEREF//X',
        ':86:/CNTP/NL91ABNA0417164300/ABNANL2A/A Freundin/Utrecht//REMI/USTD//huur mei/',
      ),
    )
    expect(payments(ing)).toEqual([['2026-05-04', '2550 EUR', 'A Freundin', 'huur mei']])
  })

  it('tells the amount before it was exchanged', () => {
    const statement = read(mt940(':61:260504D9,00NTRFNONREF', '/OCMT/USD10,00/', ':86:a text'))
    expect(statement.accounts[0]?.rows[0]?.row['currencyExchange']).toEqual([
      { instructedAmount: { amount: '10.00', currency: 'USD' } },
    ])
  })

  it('may have several messages, in envelopes, of which those of one account are one', () => {
    const message = (account: string, day: string, open: string, close: string) =>
      `{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:\n:20:X\n:25:${account}\n:28C:1\n:60F:C${day}EUR${open}\n:61:${day}C1,00NMSCNONREF\n:86:x\n:62F:C${day}EUR${close}\n-}\n`
    const { accounts } = read(
      message('NL91ABNA0417164300EUR', '260501', '1,00', '2,00') +
        message('DE89370400440532013000', '260501', '7,00', '8,00') +
        message('NL91ABNA0417164300EUR', '260502', '2,00', '3,00'),
    )
    expect(
      accounts.map(({ identifiers, rows, balances }) => [
        identifiers.iban,
        rows.length,
        balances.map(({ amount }) => amount),
      ]),
    ).toEqual([
      ['NL91ABNA0417164300', 2, ['1.00', '3.00']],
      ['DE89370400440532013000', 1, ['7.00', '8.00']],
    ])
  })

  it('holds a line that cannot be read', () => {
    const statement = read(mt940(':61:nonsense', ':86:x'))
    expect(heldReasons(statement)).toEqual(['amount_unparsable'])
    expect(statement.problems).toMatchObject([{ code: 'row_damaged', line: 5 }])
  })

  it('is refused without an account', () => {
    expect(refusal(() => read(':20:X\n:28C:1\n', { format: 'mt940' })).code).toBe('damaged')
  })
})
