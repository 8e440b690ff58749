import { heldReasons, payments, read, refusal } from './builders.ts'

const qif = (...lines: string[]) => `${lines.join('\n')}\n`

describe('a QIF', () => {
  it('is read by the order of day and month that the whole file shows', () => {
    const statement = read(
      qif(
        '!Type:Bank',
        'D03/04/2026',
        'T-10.99',
        'PA SHOP',
        'MCARD',
        '^',
        'D25/04/2026',
        'T1,250.00',
        'PEMPLOYER',
        '^',
      ),
    )
    expect(statement).toMatchObject({ format: 'qif', readable: true, problems: [] })
    expect(payments(statement)).toEqual([
      ['2026-04-03', '-1099 GBP', 'A SHOP', 'A SHOP CARD'],
      ['2026-04-25', '125000 GBP', 'EMPLOYER', 'EMPLOYER'],
    ])
    expect(statement.accounts[0]?.window).toEqual({ from: '2026-04-03', to: '2026-04-25' })
  })

  it('may write years behind an apostrophe, and blanks for zeros', () => {
    const statement = read(
      qif(
        '!Type:CCard',
        "D12/25'24",
        'T-1.00',
        'PX',
        '^',
        "D 1/ 5'25",
        'T-2.00',
        'PY',
        '^',
        "D1/ 5' 6",
        'T-3.00',
        'PZ',
        '^',
      ),
    )
    expect(statement.accounts[0]?.rows.map(({ row }) => row['bookingDate'])).toEqual([
      '2024-12-25',
      '2025-01-05',
      '2006-01-05',
    ])
  })

  it('is not read while day and month cannot be told apart', () => {
    const text = qif('!Type:Bank', 'D03/04/2026', 'T-10.99', 'PA SHOP', '^')
    expect(read(text)).toMatchObject({
      readable: false,
      accounts: [],
      problems: [{ code: 'date_format_ambiguous', line: 2 }],
    })
    const told = read(text, { mapping: { date_format: 'MM/dd/yyyy', columns: {} } })
    expect(payments(told)).toEqual([['2026-03-04', '-1099 GBP', 'A SHOP', 'A SHOP']])
  })

  it('keeps splits with the row, as they stand in the file', () => {
    const lines = ['D25/04/2026', 'T-30.00', 'PSUPERMARKET', 'LHousehold', 'SHousehold', '$-20.00', 'SGifts', '$-10.00']
    const { accounts } = read(qif('!Type:Bank', ...lines, '^'))
    expect(accounts[0]?.rows).toHaveLength(1)
    expect(accounts[0]?.rows[0]?.raw).toBe(lines.join('\n'))
  })

  it('may name several accounts, and hold lists that are no payments', () => {
    const statement = read(
      qif(
        '!Option:AutoSwitch',
        '!Account',
        'NCurrent',
        'TBank',
        '^',
        '!Type:Bank',
        'D2026-04-25',
        'T-1.00',
        'PX',
        '^',
        '!Account',
        'NCard',
        'TCCard',
        '^',
        '!Type:CCard',
        'D2026-04-26',
        'T-2.00',
        'PY',
        '^',
        '!Type:Cat',
        'NHousehold',
        'E',
        '^',
      ),
    )
    expect(statement.accounts.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['Current', 1],
      ['Card', 1],
    ])
    expect(statement.problems).toMatchObject([{ code: 'other_sections_skipped', line: 21 }])
  })

  it('does not take the opening balance for a payment', () => {
    const statement = read(
      qif(
        '!Type:Bank',
        'D2026-04-01',
        'T100.00',
        'POpening Balance',
        'L[Current]',
        '^',
        'D2026-04-25',
        'T-1.00',
        'PX',
        '^',
      ),
    )
    expect(statement.accounts[0]?.rows).toHaveLength(1)
    expect(statement.accounts[0]?.balances).toEqual([{ type: 'opening', date: '2026-04-01', amount: '100.00' }])
  })

  it('holds a row that cannot be read', () => {
    const statement = read(
      qif(
        '!Type:Bank',
        'D2026-04-01',
        'Tabc',
        'PX',
        '^',
        'Dnever',
        'T-1.00',
        'PY',
        '^',
        'D2026-04-25',
        'T-1.00',
        'PZ',
        '^',
      ),
    )
    expect(heldReasons(statement)).toEqual(['amount_unparsable', 'no_date'])
  })

  it('is refused without a list of payments', () => {
    expect(refusal(() => read(qif('!Type:Cat', 'NHousehold', 'E', '^'))).code).toBe('damaged')
  })
})
