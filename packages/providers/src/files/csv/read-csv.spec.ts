import { bytesOf, heldReasons, normalised, payments, read, refusal } from '../builders.ts'
import { describeCsv } from '../index.ts'

const lines = (...all: string[]) => `${all.join('\n')}\n`

describe('a CSV of an unknown bank', () => {
  it.each([
    [
      'English',
      lines(
        'Posting date,Details,Debit amount,Credit amount,Balance',
        '13/01/2026,A SHOP,12.50,,87.50',
        '14/01/2026,WAGES,,"1,000.00","1,087.50"',
      ),
      [
        ['2026-01-13', '-1250 GBP', 'A SHOP', 'A SHOP'],
        ['2026-01-14', '100000 GBP', 'WAGES', 'WAGES'],
      ],
    ],
    [
      'German',
      lines(
        'Buchungstag;Valuta;Auftraggeber/Empfänger;Verwendungszweck;Betrag;Währung',
        '13.01.2026;14.01.2026;Ein Markt;Einkauf;-1.012,50;EUR',
        '02.01.2026;02.01.2026;Eine Firma;Lohn;2.000,00;EUR',
      ),
      [
        ['2026-01-13', '-101250 EUR', 'Ein Markt', 'Einkauf'],
        ['2026-01-02', '200000 EUR', 'Eine Firma', 'Lohn'],
      ],
    ],
    [
      'French',
      lines(
        'Date opération;Date valeur;Libellé;Débit;Crédit',
        '13/01/2026;13/01/2026;UN MAGASIN;12,50;',
        '14/01/2026;14/01/2026;SALAIRE;;1 000,00',
      ),
      [
        ['2026-01-13', '-1250 GBP', 'UN MAGASIN', 'UN MAGASIN'],
        ['2026-01-14', '100000 GBP', 'SALAIRE', 'SALAIRE'],
      ],
    ],
    [
      'Spanish',
      lines(
        'Fecha;Fecha valor;Concepto;Importe;Saldo',
        '13/01/2026;13/01/2026;UNA TIENDA;-12,50;87,50',
        '14/01/2026;14/01/2026;NOMINA;1.000,00;1.087,50',
      ),
      [
        ['2026-01-13', '-1250 GBP', 'UNA TIENDA', 'UNA TIENDA'],
        ['2026-01-14', '100000 GBP', 'NOMINA', 'NOMINA'],
      ],
    ],
    [
      'Italian',
      lines(
        'Data contabile;Data valuta;Descrizione;Accrediti;Addebiti',
        '13/01/2026;13/01/2026;UN NEGOZIO;;12,50',
        '14/01/2026;14/01/2026;STIPENDIO;1.000,00;',
      ),
      [
        ['2026-01-13', '-1250 GBP', 'UN NEGOZIO', 'UN NEGOZIO'],
        ['2026-01-14', '100000 GBP', 'STIPENDIO', 'STIPENDIO'],
      ],
    ],
    [
      'Dutch',
      lines(
        'Datum\tNaam tegenpartij\tBedrag\tBij/Af\tOmschrijving',
        '2026-01-13\tEen winkel\t12,50\tAf\tboodschappen',
        '2026-01-14\tWerkgever\t1000,00\tBij\tsalaris',
      ),
      [
        ['2026-01-13', '-1250 GBP', 'Een winkel', 'boodschappen'],
        ['2026-01-14', '100000 GBP', 'Werkgever', 'salaris'],
      ],
    ],
    [
      'Polish',
      lines(
        'Data operacji;Opis operacji;Odbiorca;Kwota;Waluta',
        '2026-01-13;zakupy;Sklep;-12,50;PLN',
        '2026-01-14;pensja;Firma;1 000,00;PLN',
      ),
      [
        ['2026-01-13', '-1250 PLN', 'Sklep', 'zakupy'],
        ['2026-01-14', '100000 PLN', 'pensja', 'pensja'],
      ],
    ],
  ])('is read by its %s header and what stands below', (_, text, expected) => {
    const statement = read(text, { currency: 'GBP' })
    expect(statement).toMatchObject({ readable: true, problems: [] })
    const told = payments(statement)
    expect(told.map(([date, amount, , description]) => [date, amount, description])).toEqual(
      expected.map(([date, amount, , description]) => [date, amount, description]),
    )
    expect(told[0]?.[2]).toBe(expected[0]?.[2])
  })

  it('is of the account that each of its rows names', () => {
    const row = (day: string, other: string) => `DE89370400440532013000;${day};Einkauf;${other};-12,50`
    const text = lines(
      'Auftragskonto;Buchungstag;Verwendungszweck;Kontonummer;Betrag',
      row('13.05.26', 'NL91ABNA0417164300'),
      row('14.05.26', ''),
    )
    expect(read(text).accounts).toMatchObject([{ identifiers: { iban: 'DE89370400440532013000' }, rows: [{}, {}] }])
    const british = lines(
      'Date,Sort Code,Account Number,Details,Amount',
      '2026-01-13,20-00-00,12345678,A,-1.00',
      '2026-01-14,20-00-00,12345678,B,1.00',
    )
    expect(read(british).accounts).toMatchObject([{ identifiers: { sortCodeAccount: '20000012345678' } }])
  })

  it('needs no header where its contents leave no doubt', () => {
    const statement = read(lines('13/01/2026,A SHOP,-£12.50', '14/01/2026,WAGES,"£1,000.00"'))
    expect(statement.mapping).toMatchObject({ header: false, columns: { date: '0', amount: '2', description: '1' } })
    expect(payments(statement)).toEqual([
      ['2026-01-13', '-1250 GBP', 'A SHOP', 'A SHOP'],
      ['2026-01-14', '100000 GBP', 'WAGES', 'WAGES'],
    ])
  })

  it('is not read while day and month cannot be told apart', () => {
    const text = lines('Date,Description,Amount', '03/04/2026,A,-1.00', '05/06/2026,B,2.00')
    const statement = read(text)
    expect(statement).toMatchObject({
      readable: false,
      accounts: [],
      problems: [{ code: 'date_format_ambiguous', line: 2 }],
    })
    expect(statement.columns[0]).toEqual({ name: 'Date', samples: ['03/04/2026', '05/06/2026'] })
    const told = read(text, {
      mapping: { ...statement.mapping, columns: statement.mapping?.columns ?? {}, date_format: 'MM/dd/yyyy' },
    })
    expect(payments(told).map(([date]) => date)).toEqual(['2026-03-04', '2026-05-06'])
  })

  it('is not read where its dates contradict each other', () => {
    const statement = read(lines('Date,Description,Amount', '13/04/2026,A,-1.00', '05/16/2026,B,2.00'))
    expect(statement).toMatchObject({ readable: false, problems: [{ code: 'date_format_mixed' }] })
  })

  it('is not read where nobody can tell money in from money out', () => {
    const text = lines('Date,Description,Amount', '2026-01-01,A,1.00', '2026-01-02,B,2.00')
    const statement = read(text)
    expect(statement).toMatchObject({ readable: false, problems: [{ code: 'sign_unclear' }] })
    const mapping = { ...statement.mapping, columns: statement.mapping?.columns ?? {}, invert: true }
    expect(payments(read(text, { mapping })).map(([, amount]) => amount)).toEqual(['-100 GBP', '-200 GBP'])
  })

  it('proves by its balances which way unsigned amounts went', () => {
    const out = read(
      lines(
        'Date,Description,Amount,Balance',
        '2026-01-01,A,1.00,99.00',
        '2026-01-02,B,2.00,97.00',
        '2026-01-03,C,3.00,94.00',
      ),
    )
    expect(payments(out).map(([, amount]) => amount)).toEqual(['-100 GBP', '-200 GBP', '-300 GBP'])
    const into = read(
      lines(
        'Date,Description,Amount,Balance',
        '2026-01-03,C,3.00,106.00',
        '2026-01-02,B,2.00,103.00',
        '2026-01-01,A,1.00,101.00',
      ),
    )
    expect(payments(into).map(([, amount]) => amount)).toEqual(['300 GBP', '200 GBP', '100 GBP'])
    const both = read(
      lines(
        'Date,Description,Amount,Balance',
        '2026-01-01,A,1.00,99.00',
        '2026-01-02,B,2.00,97.00',
        '2026-01-03,C,3.00,100.00',
        '2026-01-04,D,1.00,99.00',
      ),
    )
    expect(both.problems).toMatchObject([{ code: 'sign_unclear' }])
  })

  it('is not read where decimal commas and points are mixed', () => {
    const statement = read(lines('Date;Text;Amount', '2026-01-01;A;-1.234,50', '2026-01-02;B;-12.50'))
    expect(statement).toMatchObject({ readable: false, problems: [{ code: 'amount_format_mixed' }] })
  })

  it('asks for the columns that it cannot find', () => {
    const statement = read(lines('x,y', 'a,b', 'c,d'))
    expect(statement).toMatchObject({ readable: false, problems: [{ code: 'mapping_needed' }] })
  })

  it('has no payments where only its header stands', () => {
    expect(read(lines('Date,Description,Amount'), { currency: 'GBP' })).toMatchObject({
      readable: true,
      accounts: [{ rows: [] }],
    })
  })
})

describe('lines that are no payments', () => {
  it('above, below and of another tool are left out and counted', () => {
    const statement = read(
      lines(
        'sep=;',
        'My bank',
        'Account;DE89 3704 0044 0532 0130 00',
        '',
        'Date;Text;Amount',
        'Opening balance;;100,00',
        '2026-01-13;A;-1,00',
        '2026-01-14;B;2,00',
        'Total;;1,00',
      ),
    )
    expect(payments(statement, 0)).toHaveLength(2)
    expect(statement.accounts[0]?.identifiers).toEqual({ iban: 'DE89370400440532013000' })
    expect(statement.problems).toEqual([
      {
        code: 'lines_skipped',
        line: 6,
        detail: 'lines above or below the payments that have no date were left out (2 times)',
      },
    ])
  })

  it('between payments are not left out but held', () => {
    const statement = read(
      lines('Date,Text,Amount', '2026-01-13,A,-1.00', 'n/a,B,-2.00', '2026-01-15,C,?', '2026-01-16,D,-4.00'),
    )
    expect(heldReasons(statement)).toEqual(['no_date', 'amount_unparsable'])
    expect(statement.problems).toMatchObject([{ code: 'row_damaged', line: 4 }])
  })
})

describe('an amount', () => {
  const amounts = (...cells: string[]) => {
    const statement = read(lines('Date;Text;Amount', ...cells.map((cell, i) => `2026-01-${10 + i};x;${cell}`)))
    const { rows, held } = normalised(statement)
    return [...rows.map(({ amountMinor }) => Number(amountMinor)), ...held.map(({ reason }) => reason)]
  }

  it('is read with symbols, signs, brackets and thousands as banks write them', () => {
    expect(amounts('-£1,234.50', '£ 2.00', '(3.00)', '4.00-', '5.00 DR', '6.00 CR', 'GBP 7.00', '\u22128.00')).toEqual([
      -123450, 200, -300, -400, -500, 600, 700, -800,
    ])
    expect(amounts('-1.234,50', '2,00 €', "-3'000,00", '4 000,00', '5,00 S', '6,00 H')).toEqual([
      -123450, 200, -300000, 400000, -500, 600,
    ])
  })

  it('is held where one comma before three digits could be either, in the whole column', () => {
    expect(amounts('-1,234', '2,345')).toEqual(['amount_ambiguous', 'amount_ambiguous'])
  })

  it('is read by the column’s mark where it alone could be either', () => {
    expect(amounts('-1,234', '2,345.00')).toEqual([-123400, 234500])
    expect(amounts('-1.234', '2.345,00')).toEqual([-123400, 234500])
  })
})

describe('a mapping', () => {
  const text = lines(
    'When,What,Out,In',
    '03/04/2026,A,1.00,',
    '04/04/2026,B,,2.00',
    '05/04/2026,C,0.00,3.00',
    '06/04/2026,D,4.00,5.00',
  )

  it('says what the columns are, by name or by number', () => {
    for (const columns of [
      { date: 'When', description: ['What'], debit: 'Out', credit: 'In' },
      { date: '0', description: '1', debit: '2', credit: '3' },
    ]) {
      const statement = read(text, { mapping: { date_format: 'dd/MM/yyyy', columns } })
      expect(payments(statement).map(([date, amount]) => [date, amount])).toEqual([
        ['2026-04-03', '-100 GBP'],
        ['2026-04-04', '200 GBP'],
        ['2026-04-05', '300 GBP'],
      ])
      expect(heldReasons(statement)).toEqual(['amount_unparsable'])
    }
  })

  it('may skip lines and name the delimiter', () => {
    const statement = read(`remark, remark\nDate|Text|Amount\n2026-01-13|A, B|-1.00\n`, {
      mapping: { delimiter: '|', skip_rows: 1, columns: { date: 'Date', description: 'Text', amount: 'Amount' } },
    })
    expect(payments(statement)).toEqual([['2026-01-13', '-100 GBP', 'A, B', 'A, B']])
  })

  it.each([
    [{ date: 'Nowhere', amount: 'Out' }],
    [{ date: 'When' }],
    [{ amount: 'Out' }],
    [{ date: 'When', amount: 'Out', colour: 'What' }],
  ])('that does not fit the file is refused: %j', (columns) => {
    expect(refusal(() => read(text, { mapping: { columns } })).code).toBe('mapping_invalid')
  })

  it('with a date format that is none is refused', () => {
    const mapping = { date_format: 'whenever', columns: { date: 'When', amount: 'Out' } }
    expect(refusal(() => read(text, { mapping })).code).toBe('mapping_invalid')
  })

  it('is what a statement says that it was read by, so that the next one is read alike', () => {
    const first = read(lines('Date,Description,Amount', '13/04/2026,A,-1.00', '14/04/2026,B,2.00'))
    const next = read(lines('Date,Description,Amount', '03/05/2026,A,-1.00', '04/05/2026,B,2.00'), {
      ...(first.mapping === undefined ? {} : { mapping: first.mapping }),
    })
    expect(next.readable).toBe(true)
    expect(payments(next)[0]?.[0]).toBe('2026-05-03')
  })
})

describe('a description for a person', () => {
  it('names columns, samples, first rows and the guess with its reasons', () => {
    const described = describeCsv(
      bytesOf(lines('Datum;Text;Betrag;Betrag', '13.01.2026;A;-1,00;x', '14.01.2026;B;2,00;y')),
    )
    expect(described).toMatchObject({
      delimiter: ';',
      header: true,
      columns: [{ name: 'Datum' }, { name: 'Text' }, { name: 'Betrag' }, { name: 'Betrag (2)', samples: ['x', 'y'] }],
      rows: [
        ['13.01.2026', 'A', '-1,00', 'x'],
        ['14.01.2026', 'B', '2,00', 'y'],
      ],
      suggestion: {
        mapping: {
          date_format: 'dd.MM.yyyy',
          decimal: ',',
          columns: { date: 'Datum', description: 'Text', amount: 'Betrag' },
        },
        reasons: { date: 'header', amount: 'header', description: 'header' },
        doubts: [],
      },
    })
  })
})
