import { payments, read } from '../builders.ts'
import { csvPresets } from './presets.ts'

/** Invented payments in each bank's layout. */
const samples: Record<string, { text: string; rows: unknown[]; account?: object }> = {
  monzo: {
    text: `Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In
tx_0000Ainvented01,03/04/2026,08:15:30,Card payment,The Corner Bakery,🥐,Eating out,-4.20,GBP,-4.20,GBP,,"1 High Street, Leeds",,CORNER BAKERY LEEDS GBR,,-4.20,
tx_0000Ainvented02,05/04/2026,12:00:01,Card payment,Café Lumière,☕,Eating out,-8.61,GBP,-9.90,EUR,breakfast,,,CAFE LUMIERE PARIS,,-8.61,
tx_0000Ainvented03,05/04/2026,17:44:00,Faster payment,Invented Employer Ltd,,Income,1250.00,GBP,1250.00,GBP,,,,WAGES,,,1250.00
`,
    rows: [
      ['2026-04-03', '-420 GBP', 'The Corner Bakery', 'CORNER BAKERY LEEDS GBR'],
      ['2026-04-05', '-861 GBP', 'Café Lumière', 'CAFE LUMIERE PARIS breakfast'],
      ['2026-04-05', '125000 GBP', 'Invented Employer Ltd', 'WAGES'],
    ],
  },
  starling: {
    text: `Date,Counter Party,Reference,Type,Amount (EUR),Balance (EUR),Spending Category,Notes
04/03/2026,Bäckerei Blau,CARD 12,CARD PAYMENT,-3.40,96.60,GROCERIES,
06/03/2026,A Friend,rent share,FASTER PAYMENT,200.00,296.60,INCOME,
`,
    rows: [
      ['2026-03-04', '-340 EUR', 'Bäckerei Blau', 'CARD 12'],
      ['2026-03-06', '20000 EUR', 'A Friend', 'rent share'],
    ],
    account: { currency: 'EUR' },
  },
  revolut: {
    text: `Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2026-02-01 10:11:12,2026-02-02 03:04:05,Green Grocer,-12.50,0.00,GBP,COMPLETED,87.50
EXCHANGE,Current,2026-02-03 10:00:00,2026-02-03 10:00:01,To EUR,-50.00,0.25,GBP,COMPLETED,37.25
CARD_PAYMENT,Current,2026-02-04 09:00:00,,Book Shop,-7.00,0.00,GBP,PENDING,
CARD_PAYMENT,Current,2026-02-04 09:30:00,,Book Shop,-9.00,0.00,GBP,DECLINED,
CARD_PAYMENT,Current,2026-02-05 09:30:00,2026-02-05 09:31:00,Hotel,-90.00,0.00,EUR,COMPLETED,10.00
`,
    rows: [
      ['2026-02-02', '-1250 GBP', 'Green Grocer', 'Green Grocer'],
      ['2026-02-03', '-5025 GBP', 'To EUR', 'To EUR'],
      ['2026-02-04', '-700 GBP', 'Book Shop', 'Book Shop'],
    ],
    account: { currency: 'GBP', name: 'Current' },
  },
  wise: {
    text: `TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Exchange From,Exchange To,Exchange Rate,Payer Name,Payee Name,Payee Account Number,Merchant,Card Last Four Digits,Card Holder Full Name,Attachment,Note,Total fees
CARD-100200300,05-08-2026,-20.00,EUR,Card transaction of 20.00 EUR issued by Cafe Blau,,480.00,,,,,,,Cafe Blau,1234,An Owner,,,0.00
TRANSFER-400500600,31-07-2026,500.00,EUR,Received money from Someone,INV 7,500.00,,,,Someone,,,,,,,,0.00
`,
    rows: [
      ['2026-08-05', '-2000 EUR', 'Cafe Blau', 'Card transaction of 20.00 EUR issued by Cafe Blau'],
      ['2026-07-31', '50000 EUR', 'Someone', 'Received money from Someone INV 7'],
    ],
  },
  barclays: {
    text: `Number,Date,Account,Amount,Subcategory,Memo
,03/08/2026,20-00-00 12345678,-10.99,PAYMENT,FILM CLUB         ON 02 AUG          BCC
,01/08/2026,20-00-00 12345678,2450.00,DIRECTDEP,INVENTED LTD SALARY
`,
    rows: [
      ['2026-08-03', '-1099 GBP', 'FILM CLUB ON 02 AUG BCC', 'FILM CLUB ON 02 AUG BCC'],
      ['2026-08-01', '245000 GBP', 'INVENTED LTD SALARY', 'INVENTED LTD SALARY'],
    ],
    account: { identifiers: { sortCodeAccount: '20000012345678' } },
  },
  'lloyds-group': {
    text: `Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance
03/02/2026,DEB,'30-00-00,12345678,A SHOP,10.99,,1502.10
02/02/2026,FPI,'30-00-00,12345678,SALARY,,2450.00,1513.09
`,
    rows: [
      ['2026-02-03', '-1099 GBP', 'A SHOP', 'A SHOP'],
      ['2026-02-02', '245000 GBP', 'SALARY', 'SALARY'],
    ],
    account: { identifiers: { sortCodeAccount: '30000012345678' } },
  },
  'natwest-group': {
    text: `Date, Type, Description, Value, Balance, Account Name, Account Number

01 Sep 2026,POS,"'5320 30AUG26 CD , A GOLF CLUB",-2.00,3505.27,"'OWNER A","'600000-12345678",
02 Sep 2026,BAC,"'EMPLOYER LTD",2472.42,5977.69,"'OWNER A","'600000-12345678",
`,
    rows: [
      ['2026-09-01', '-200 GBP', '5320 30AUG26 CD , A GOLF CLUB', '5320 30AUG26 CD , A GOLF CLUB'],
      ['2026-09-02', '247242 GBP', 'EMPLOYER LTD', 'EMPLOYER LTD'],
    ],
    account: { identifiers: { sortCodeAccount: '60000012345678' } },
  },
  nationwide: {
    text: `"Account Name:","FlexDirect ****12345"
"Account Balance:","£1,502.10"
"Available Balance: ","£1,502.10"

"Date","Transaction type","Description","Paid out","Paid in","Balance"
"03 Jun 2026","Contactless payment","A SHOP","£1,010.99","","£1,210.44"
"03 Jul 2026","Bank credit","A FRIEND","","£8.40","£1,218.84"
`,
    rows: [
      ['2026-06-03', '-101099 GBP', 'A SHOP', 'A SHOP'],
      ['2026-07-03', '840 GBP', 'A FRIEND', 'A FRIEND'],
    ],
  },
  'amex-uk': {
    text: `Date,Description,Amount,Extended Details,Appears On Your Statement As,Address,Town/City,Postcode,Country,Reference,Category
02/01/2026,A RESTAURANT          LONDON,25.50,,A RESTAURANT LONDON,"1 STREET
LONDON",LONDON,SW1A 1AA,UNITED KINGDOM,'AT260020000000000001',Entertainment-Restaurants
01/01/2026,PAYMENT RECEIVED - THANK YOU,-101.23,,,,,,,'AT260010000000000002',
`,
    rows: [
      ['2026-01-02', '-2550 GBP', 'A RESTAURANT LONDON', 'A RESTAURANT LONDON'],
      ['2026-01-01', '10123 GBP', 'PAYMENT RECEIVED - THANK YOU', 'PAYMENT RECEIVED - THANK YOU'],
    ],
  },
  n26: {
    text: `"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"
2026-07-01,2026-07-02,"Erfundene GmbH",DE89370400440532013000,"Debit Transfer","Rechnung 7","Main Account",-30.00,,,
2026-07-03,2026-07-03,"Book Shop",,Presentment,,"Main Account",-8.20,-7.00,GBP,1.171
`,
    rows: [
      ['2026-07-01', '-3000 EUR', 'Erfundene GmbH', 'Rechnung 7'],
      ['2026-07-03', '-820 EUR', 'Book Shop', 'Presentment'],
    ],
  },
  'n26-2022': {
    text: `"Date","Payee","Account number","Transaction type","Payment reference","Amount (EUR)","Amount (Foreign Currency)","Type Foreign Currency","Exchange Rate"
"2021-05-03","Erfundener Markt","","MasterCard Payment","","-14.3","-14.3","EUR","1.0"
`,
    rows: [['2021-05-03', '-1430 EUR', 'Erfundener Markt', 'MasterCard Payment']],
  },
  dkb: {
    text: `"Girokonto";"DE89370400440532013000"
""
"Kontostand vom 05.10.2026:";"1.000,00 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"04.10.26";"04.10.26";"Gebucht";"Inhaberin";"Eine Bahn";"Fahrkarte";"Ausgang";"DE02120300000000202051";"-1.029,9";"";"";""
"03.10.26";"03.10.26";"Gebucht";"Eine Firma";"Inhaberin";"Lohn";"Eingang";"DE02120300000000202051";"2.500";"";"";""
"03.10.26";"";"Vorgemerkt";"Inhaberin";"Ein Laden";"Karte";"Ausgang";"";"-5,00";"";"";""
`,
    rows: [
      ['2026-10-04', '-102990 EUR', 'Eine Bahn', 'Fahrkarte'],
      ['2026-10-03', '250000 EUR', 'Eine Firma', 'Lohn'],
      ['2026-10-03', '-500 EUR', 'Ein Laden', 'Karte'],
    ],
    account: { identifiers: { iban: 'DE89370400440532013000' } },
  },
  'ing-de': {
    text: `Umsatzanzeige;Datei erstellt am: 22.01.2026 18:23

IBAN;DE89 3704 0044 0532 0130 00
Kontoname;Girokonto
Zeitraum;22.10.2025 - 22.01.2026
Saldo;775,63;EUR

Sortierung;Datum absteigend

Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung
22.01.2026;22.01.2026;Ein Markt;Lastschrift;Einkauf;-100,00;EUR;-25,50;EUR
21.01.2026;21.01.2026;Arbeit GmbH;Gehalt;Gehalt Januar;900,00;EUR;1.000,50;EUR
`,
    rows: [
      ['2026-01-22', '-2550 EUR', 'Ein Markt', 'Einkauf'],
      ['2026-01-21', '100050 EUR', 'Arbeit GmbH', 'Gehalt Januar'],
    ],
    account: { identifiers: { iban: 'DE89370400440532013000' } },
  },
  'ing-nl': {
    text: `"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";"Saldo na mutatie";"Tag"
"20260131";"Energie BV";"NL91ABNA0417164300";"NL20INGB0001234567";"IC";"Af";"85,50";"Incasso";"Termijn januari";"914,50";""
"20260130";"Werkgever";"NL91ABNA0417164300";"";"OV";"Bij";"1000,00";"Overschrijving";"Salaris";"1000,00";""
`,
    rows: [
      ['2026-01-31', '-8550 EUR', 'Energie BV', 'Termijn januari'],
      ['2026-01-30', '100000 EUR', 'Werkgever', 'Salaris'],
    ],
    account: { identifiers: { iban: 'NL91ABNA0417164300' } },
  },
  'ing-nl-en': {
    text: `"Date","Name / Description","Account","Counterparty","Code","Debit/credit","Amount (EUR)","Transaction type","Notifications"
"20260131","Energy BV","NL91ABNA0417164300","","IC","Debit","85,50","SEPA direct debit","January"
`,
    rows: [['2026-01-31', '-8550 EUR', 'Energy BV', 'January']],
  },
}

describe('a preset', () => {
  it.each(Object.entries(samples))('reads a file of %s by its header', (id, { text, rows, account }) => {
    const statement = read(text)
    expect(statement).toMatchObject({ format: 'csv', preset: id, readable: true })
    expect(payments(statement)).toEqual(rows)
    if (account !== undefined) expect(statement.accounts[0]).toMatchObject(account)
  })

  it('has a sample wherever its header can tell it', () => {
    const told = csvPresets.filter(({ signature }) => signature !== undefined).map(({ id }) => id)
    expect(Object.keys(samples).sort()).toEqual(told.sort())
  })

  it('can be chosen for a bank whose file says nothing of it', () => {
    const hsbc = csvPresets.find(({ id }) => id === 'hsbc-uk')?.mapping
    const text = '03/02/2026,A SHOP,-£10.99\n02/01/2026,SALARY,"£2,450.00"\n'
    const statement = read(text, { ...(hsbc === undefined ? {} : { mapping: hsbc }) })
    expect(payments(statement)).toEqual([
      ['2026-02-03', '-1099 GBP', 'A SHOP', 'A SHOP'],
      ['2026-01-02', '245000 GBP', 'SALARY', 'SALARY'],
    ])
  })

  it('takes the other form of date that the bank’s files are seen in', () => {
    const text =
      samples['lloyds-group']?.text.replace('03/02/2026', '2026-02-03').replace('02/02/2026', '2026-02-02') ?? ''
    expect(read(text).accounts[0]?.window).toEqual({ from: '2026-02-02', to: '2026-02-03' })
  })

  it('makes an account of each currency', () => {
    const { accounts, problems } = read(samples['revolut']?.text ?? '')
    expect(accounts.map(({ currency, rows, pending }) => [currency, rows.length, pending.length])).toEqual([
      ['GBP', 2, 1],
      ['EUR', 1, 0],
    ])
    expect(problems).toEqual([
      { code: 'not_payments_skipped', line: 5, detail: 'rows that were declined or reverted were left out' },
    ])
  })

  it('keeps each row as the file has it', () => {
    const { accounts } = read(samples['amex-uk']?.text ?? '')
    expect(accounts[0]?.rows[0]?.raw).toMatch(
      /^02\/01\/2026,A RESTAURANT {10}LONDON.*"1 STREET\nLONDON".*Restaurants$/s,
    )
  })
})
