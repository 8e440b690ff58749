import { heldReasons, payments, read, refusal } from '../builders.ts'
import { readStatement } from '../index.ts'

const sgml = (transactions: string, head = 'CHARSET:1252') => `OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
${head}
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX>
<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260601<LANGUAGE>ENG<FI><ORG>INVENTED BANK<FID>4711</FI></SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>GBP
<BANKACCTFROM><BANKID>200000<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260501<DTEND>20260531
${transactions}
</BANKTRANLIST>
<LEDGERBAL><BALAMT>1502.10<DTASOF>20260531</LEDGERBAL>
<AVAILBAL><BALAMT>2002.10<DTASOF>20260531</AVAILBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
`

const shop = `<STMTTRN>
<TRNTYPE>POS
<DTPOSTED>20260526
<TRNAMT>-10.99
<FITID>202605260001
<NAME>MARKS &amp; SPENCER
<MEMO>CARD 12
</STMTTRN>`

describe('OFX 1 (SGML)', () => {
  it('is read although its values have no closing tags', () => {
    const statement = read(sgml(shop))
    expect(statement).toMatchObject({ format: 'ofx', readable: true, problems: [] })
    expect(statement.accounts).toMatchObject([
      {
        identifiers: { sortCodeAccount: '20000012345678' },
        currency: 'GBP',
        institution: 'INVENTED BANK',
        window: { from: '2026-05-01', to: '2026-05-31' },
        balances: [{ type: 'closing', date: '2026-05-31', amount: '1502.10', currency: 'GBP' }],
      },
    ])
    expect(payments(statement)).toEqual([['2026-05-26', '-1099 GBP', 'MARKS & SPENCER', 'MARKS & SPENCER CARD 12']])
    expect(statement.accounts[0]?.rows[0]?.row['transactionId']).toBe('202605260001')
  })

  it('keeps each row’s element as it stands in the file', () => {
    expect(read(sgml(shop)).accounts[0]?.rows[0]?.raw).toBe(shop)
  })

  it('gives an empty value’s neighbours back to their element', () => {
    const row =
      '<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260502<TRNAMT>-1.00<FITID>ABCDEF01<CHECKNUM><NAME>A SHOP<MEMO></STMTTRN>'
    expect(payments(read(sgml(row)))).toEqual([['2026-05-02', '-100 GBP', 'A SHOP', 'A SHOP']])
  })

  it('is read in its character set', () => {
    const text = sgml(shop.replace('MARKS &amp; SPENCER', 'CAFÉ £5'))
    const latin = Uint8Array.from([...text].map((character) => character.charCodeAt(0)))
    expect(payments(readStatement(latin))[0]?.[2]).toBe('CAFÉ £5')
    expect(payments(read(text))[0]?.[2]).toBe('CAFÉ £5')
  })

  it('says a memo that repeats the name only once', () => {
    const row = shop.replace('<MEMO>CARD 12', '<MEMO>marks &amp; spencer simply food')
    expect(payments(read(sgml(row)))[0]?.[3]).toBe('marks & spencer simply food')
  })
})

describe('a posting date', () => {
  const posted = (date: string) => {
    const { accounts } = read(sgml(shop.replace('20260526\n', `${date}\n`)))
    const row = accounts[0]?.rows[0]?.row ?? {}
    return [row['bookingDate'], row['bookingDateTime']]
  }

  it('is the day that the bank wrote, whatever its zone', () => {
    expect(posted('20260526233000.000[-5:EST]')).toEqual(['2026-05-26', '2026-05-26T23:30:00-05:00'])
    expect(posted('20260526003000[+5.30:IST]')).toEqual(['2026-05-26', '2026-05-26T00:30:00+05:30'])
  })

  it('has no time of day where the bank writes midnight or noon', () => {
    expect(posted('20260526000000[0:GMT]')).toEqual(['2026-05-26', undefined])
    expect(posted('20260526120000')).toEqual(['2026-05-26', undefined])
  })

  it('holds the row where it is none', () => {
    expect(heldReasons(read(sgml(shop.replace('20260526\n', '20261426\n'))))).toEqual(['no_date'])
  })
})

describe('OFX 2 and QFX', () => {
  const xml = (accounts: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n<OFX>${accounts}</OFX>`
  const bank = `<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><BANKID>X</BANKID><ACCTID>DE89370400440532013000</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM><BANKTRANLIST><DTSTART>20260501</DTSTART><DTEND>20260502</DTEND><STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260501</DTPOSTED><TRNAMT>1000,50</TRNAMT><FITID>F-000001</FITID><PAYEE><NAME>Käse &#38; Co</NAME><CITY>X</CITY></PAYEE><MEMO><![CDATA[a < b]]></MEMO></STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>`
  const card = `<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>GBP</CURDEF><CCACCTFROM><ACCTID>4111111111111111</ACCTID></CCACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260503</DTPOSTED><TRNAMT>-5.00</TRNAMT><FITID>C-000001</FITID><NAME>SHOP</NAME><CURRENCY><CURRATE>1.1</CURRATE><CURSYM>EUR</CURSYM></CURRENCY></STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>`

  it('may hold several accounts, cards among them, whose number is masked', () => {
    const { accounts } = read(xml(bank + card))
    expect(accounts.map(({ identifiers, currency, window }) => ({ identifiers, currency, window }))).toEqual([
      {
        identifiers: { iban: 'DE89370400440532013000' },
        currency: 'EUR',
        window: { from: '2026-05-01', to: '2026-05-02' },
      },
      {
        identifiers: { maskedPan: '411111******1111' },
        currency: 'GBP',
        window: { from: '2026-05-03', to: '2026-05-03' },
      },
    ])
  })

  it('has decimal commas, payees of their own and CDATA', () => {
    expect(payments(read(xml(bank)))).toEqual([['2026-05-01', '100050 EUR', 'Käse & Co', 'Käse & Co a < b']])
  })

  it('names the currency of a row that has another', () => {
    expect(payments(read(xml(card)))).toEqual([['2026-05-03', '-500 EUR', 'SHOP', 'SHOP']])
  })

  it('is refused with a document type of its own', () => {
    const bomb = xml(bank).replace('<OFX>', '<!DOCTYPE OFX [<!ENTITY a "b">]><OFX>')
    expect(refusal(() => read(bomb)).code).toBe('unsafe_xml')
  })

  it('counts entries about securities as left out', () => {
    const list =
      '<INVTRANLIST><BUYSTOCK><INVBUY><TOTAL>1</TOTAL></INVBUY></BUYSTOCK><INVBANKTRAN><STMTTRN><TRNTYPE>DEP</TRNTYPE><DTPOSTED>20260503</DTPOSTED><TRNAMT>7.00</TRNAMT><FITID>I-000001</FITID><NAME>IN</NAME></STMTTRN><SUBACCTFUND>CASH</SUBACCTFUND></INVBANKTRAN></INVTRANLIST>'
    const statement = read(
      xml(
        `<INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><CURDEF>USD</CURDEF>${list}</INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>`,
      ),
    )
    expect(payments(statement)).toEqual([['2026-05-03', '700 USD', 'IN', 'IN']])
    expect(statement.problems).toMatchObject([{ code: 'other_sections_skipped' }])
  })

  it('is refused where no statement is in it', () => {
    expect(refusal(() => read(xml('<SIGNONMSGSRSV1></SIGNONMSGSRSV1>'))).code).toBe('damaged')
  })
})
