import { payments, read, refusal } from '../builders.ts'

const camt = (statement: string, version = '02') =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>${statement}</BkToCstmrStmt></Document>
`
const account =
  '<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy><Nm>Girokonto</Nm><Svcr><FinInstnId><BIC>COBADEFFXXX</BIC><Nm>Erfundene Bank</Nm></FinInstnId></Svcr></Acct>'
const balance = (code: string, amount: string, day: string, way = 'CRDT') =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`
const entry = (amount: string, way: string, more = '', status = '<Sts>BOOK</Sts>') =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd>${status}<BookgDt><Dt>2026-05-04</Dt></BookgDt><ValDt><Dt>2026-05-05</Dt></ValDt><AcctSvcrRef>REF-${amount}</AcctSvcrRef>${more}</Ntry>`
const details = (name: string, text: string, more = '') =>
  `<TxDtls>${more}<RltdPties><Dbtr><Nm>Inhaberin</Nm></Dbtr><Cdtr><Nm>${name}</Nm></Cdtr><CdtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></CdtrAcct></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`
const statement = (...parts: string[]) => camt(`<Stmt><Id>1</Id>${account}${parts.join('')}</Stmt>`)

describe('CAMT.053', () => {
  const paid = entry(
    '25.50',
    'DBIT',
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>NTRF+177</Cd></Prtry></BkTxCd><NtryDtls>${details('Käse &amp; Co', 'Rechnung 7', '<Refs><EndToEndId>E2E-1</EndToEndId></Refs>')}</NtryDtls>`,
  )

  it('tells an entry’s payment, parties, codes and references', () => {
    const read1 = read(statement(balance('OPBD', '100.00', '2026-05-04'), balance('CLBD', '74.50', '2026-05-04'), paid))
    expect(read1).toMatchObject({ format: 'camt053', problems: [] })
    expect(read1.accounts).toMatchObject([
      {
        identifiers: { iban: 'DE89370400440532013000' },
        currency: 'EUR',
        name: 'Girokonto',
        institution: 'Erfundene Bank',
        bic: 'COBADEFFXXX',
        window: { from: '2026-05-04', to: '2026-05-04' },
        balances: [
          { type: 'opening', date: '2026-05-04', amount: '100.00', currency: 'EUR' },
          { type: 'closing', date: '2026-05-04', amount: '74.50', currency: 'EUR' },
        ],
      },
    ])
    expect(read1.accounts[0]?.rows[0]).toEqual({
      raw: paid,
      row: {
        transactionId: 'REF-25.50',
        endToEndId: 'E2E-1',
        bookingDate: '2026-05-04',
        valueDate: '2026-05-05',
        transactionAmount: { amount: '-25.50', currency: 'EUR' },
        creditorName: 'Käse & Co',
        debtorName: 'Inhaberin',
        creditorAccount: { iban: 'NL91ABNA0417164300' },
        remittanceInformationUnstructuredArray: ['Rechnung 7'],
        bankTransactionCode: 'PMNT-ICDT-ESCT',
        proprietaryBankTransactionCode: 'NTRF+177',
      },
    })
    expect(payments(read1)).toEqual([['2026-05-04', '-2550 EUR', 'Käse & Co', 'Rechnung 7']])
  })

  it('of version 8 names status and parties in elements of their own, and any prefix', () => {
    const later = camt(
      `<Stmt>${account.replace('<BIC>COBADEFFXXX</BIC>', '<BICFI>COBADEFFXXX</BICFI>')}${entry('7.00', 'CRDT', '<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Eine Freundin</Nm></Pty></Dbtr></RltdPties></TxDtls></NtryDtls><AddtlNtryInf>Dauerauftrag</AddtlNtryInf>', '<Sts><Cd>BOOK</Cd></Sts>')}</Stmt>`,
      '08',
    )
    const prefixed = later.replace(/<(\/?)(?=[A-Z])/g, '<$1ns2:').replace('xmlns=', 'xmlns:ns2=')
    for (const text of [later, prefixed]) {
      expect(payments(read(text))).toEqual([['2026-05-04', '700 EUR', 'Eine Freundin', 'Dauerauftrag']])
      expect(read(text).accounts[0]?.bic).toBe('COBADEFFXXX')
    }
  })

  it('keeps what is pending apart and leaves out what is only announced', () => {
    const read1 = read(
      statement(entry('1.00', 'DBIT', '', '<Sts>PDNG</Sts>'), entry('2.00', 'DBIT', '', '<Sts><Cd>INFO</Cd></Sts>')),
    )
    expect(read1.accounts[0]).toMatchObject({
      rows: [],
      pending: [{ row: { transactionAmount: { amount: '-1.00' } } }],
    })
    expect(read1.problems).toMatchObject([{ code: 'not_payments_skipped' }])
  })

  it('takes a reversal the way its own direction says', () => {
    const read1 = read(statement(entry('25.50', 'CRDT', '<RvslInd>true</RvslInd>')))
    expect(read1.accounts[0]?.rows[0]?.row['transactionAmount']).toEqual({ amount: '25.50', currency: 'EUR' })
  })

  it('takes a batch apart whose payments add up to it', () => {
    const amount = (value: string) => `<Amt Ccy="EUR">${value}</Amt>`
    const batch = entry(
      '30.00',
      'DBIT',
      `<NtryDtls>${details('A', 'one', amount('10.00'))}${details('B', 'two', amount('20.00'))}</NtryDtls>`,
    )
    const read1 = read(statement(batch))
    expect(payments(read1)).toEqual([
      ['2026-05-04', '-1000 EUR', 'A', 'one'],
      ['2026-05-04', '-2000 EUR', 'B', 'two'],
    ])
    expect(read1.accounts[0]?.rows.map(({ row }) => row['transactionId'])).toEqual([undefined, undefined])
  })

  it('leaves a batch one payment where its parts do not add up', () => {
    const batch = entry('30.00', 'DBIT', `<NtryDtls>${details('A', 'one')}${details('B', 'two')}</NtryDtls>`)
    const read1 = read(statement(batch))
    expect(payments(read1)).toMatchObject([['2026-05-04', '-3000 EUR', null, '']])
    expect(read1.problems).toMatchObject([{ code: 'batch_not_split' }])
  })

  it('tells the amount before it was exchanged', () => {
    const exchanged = entry(
      '9.00',
      'DBIT',
      '<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy="USD">10.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">9.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><XchgRate>0.9</XchgRate></CcyXchg></TxAmt></AmtDtls></TxDtls></NtryDtls>',
    )
    expect(read(statement(exchanged)).accounts[0]?.rows[0]?.row['currencyExchange']).toEqual([
      { instructedAmount: { amount: '10.00', currency: 'USD' }, exchangeRate: '0.9' },
    ])
  })

  it('joins the statements of one account and keeps those of others apart', () => {
    const day = (iban: string, date: string, open: string, close: string) =>
      `<Stmt>${account.replace('DE89370400440532013000', iban)}<FrToDt><FrDtTm>${date}T00:00:00</FrDtTm><ToDtTm>${date}T23:59:59</ToDtTm></FrToDt>${balance('OPBD', open, date)}${balance('CLBD', close, date, 'DBIT')}</Stmt>`
    const { accounts } = read(
      camt(
        day('DE89370400440532013000', '2026-05-01', '1.00', '2.00') +
          day('NL91ABNA0417164300', '2026-05-01', '5.00', '6.00') +
          day('DE89370400440532013000', '2026-05-02', '2.00', '3.00'),
      ),
    )
    expect(
      accounts.map(({ identifiers, window, balances }) => [
        identifiers.iban,
        window,
        balances.map(({ amount }) => amount),
      ]),
    ).toEqual([
      ['DE89370400440532013000', { from: '2026-05-01', to: '2026-05-02' }, ['1.00', '-3.00']],
      ['NL91ABNA0417164300', { from: '2026-05-01', to: '2026-05-01' }, ['5.00', '-6.00']],
    ])
  })

  it('covers the days that it states, the last one not where it ends at midnight', () => {
    const stated =
      '<FrToDt><FrDtTm>2026-05-01T00:00:00+02:00</FrDtTm><ToDtTm>2026-06-01T00:00:00+02:00</ToDtTm></FrToDt>'
    expect(read(statement(stated, entry('1.00', 'DBIT'))).accounts[0]?.window).toEqual({
      from: '2026-05-01',
      to: '2026-05-31',
    })
  })

  it('is refused with entities of its own, damaged, or without a statement', () => {
    const whole = statement(entry('1.00', 'DBIT'))
    const laughs = whole.replace('<Document', '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Document')
    expect(refusal(() => read(laughs)).code).toBe('unsafe_xml')
    expect(refusal(() => read(whole.slice(0, -200))).code).toBe('damaged')
    expect(refusal(() => read(camt(''))).code).toBe('damaged')
  })
})
