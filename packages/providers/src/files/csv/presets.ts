import type { CsvMapping } from './roles.ts'

/**
 * The CSV of one bank. A preset whose `signature` stands in a file's header is taken by itself; one without can only be
 * chosen, since its file says nothing by which it could be told from others. Evidence: the signatures stand in public importers
 * and their samples (code search of November 2026; most of them in ten or more, the English one of ING and the older one of N26
 * in one or two); further sources are named at each.
 */
export interface CsvPreset {
  id: string
  bank: string
  /** Names of the header that tell this file from others, compared as `headerKey` has them. */
  signature?: readonly string[]
  mapping: CsvMapping
  /** Forms of date in which this bank's files are seen, if not one: the one that fits the whole column is taken. */
  dateFormats?: readonly string[]
  currency?: string
}

const britishDay = 'dd/MM/yyyy'

export const csvPresets: readonly CsvPreset[] = [
  {
    // The export of the app; an older one (`id,created,amount,…`) is read by the guess.
    id: 'monzo',
    bank: 'Monzo',
    signature: ['Transaction ID', 'Date', 'Time', 'Type', 'Name', 'Emoji', 'Category', 'Amount', 'Currency'],
    mapping: {
      date_format: britishDay,
      columns: {
        id: 'Transaction ID',
        date: 'Date',
        time: 'Time',
        type: 'Type',
        counterparty: 'Name',
        amount: 'Amount',
        currency: 'Currency',
        original_amount: 'Local amount',
        original_currency: 'Local currency',
        description: ['Description', 'Notes and #tags'],
      },
    },
  },
  {
    // github.com/firefly-iii/import-configurations gb/starling; the currency stands in the header, for euro accounts too.
    id: 'starling',
    bank: 'Starling Bank',
    signature: ['Date', 'Counter Party', 'Reference', 'Type', 'Amount', 'Balance'],
    mapping: {
      date_format: britishDay,
      columns: {
        date: 'Date',
        counterparty: 'Counter Party',
        description: 'Reference',
        type: 'Type',
        amount: 'Amount (GBP)',
        balance: 'Balance (GBP)',
      },
    },
  },
  {
    // github.com/AmedeoV/Bankweave CSV_IMPORT_GUIDE.md. A fee is charged on top of the amount, as the
    // balances of public samples show; pending rows have no completed date; reverted and declined ones moved nothing.
    id: 'revolut',
    bank: 'Revolut',
    signature: [
      'Type',
      'Product',
      'Started Date',
      'Completed Date',
      'Description',
      'Amount',
      'Fee',
      'Currency',
      'State',
    ],
    mapping: {
      date_format: 'yyyy-MM-dd',
      columns: {
        type: 'Type',
        product: 'Product',
        date: ['Completed Date', 'Started Date'],
        description: 'Description',
        amount: 'Amount',
        fee: 'Fee',
        currency: 'Currency',
        state: 'State',
        balance: 'Balance',
      },
    },
  },
  {
    // Statement of one balance; the amount has its fees in it. The transaction history (`Source amount (after fees)`) is
    // another file, of all balances at once, and is not read.
    id: 'wise',
    bank: 'Wise',
    signature: ['TransferWise ID', 'Date', 'Amount', 'Currency', 'Description', 'Payment Reference', 'Running Balance'],
    mapping: {
      date_format: 'dd-MM-yyyy',
      columns: {
        id: 'TransferWise ID',
        date: 'Date',
        amount: 'Amount',
        currency: 'Currency',
        description: ['Description', 'Payment Reference'],
        balance: 'Running Balance',
        counterparty: ['Merchant', 'Payee Name', 'Payer Name'],
        rate: 'Exchange Rate',
      },
    },
  },
  {
    // github.com/firefly-iii/import-configurations gb/barclays.
    id: 'barclays',
    bank: 'Barclays',
    signature: ['Number', 'Date', 'Account', 'Amount', 'Subcategory', 'Memo'],
    currency: 'GBP',
    mapping: {
      date_format: britishDay,
      columns: { date: 'Date', account: 'Account', amount: 'Amount', type: 'Subcategory', description: 'Memo' },
    },
  },
  {
    // Lloyds, Halifax, Bank of Scotland and TSB share the header; TSB writes the date the ISO way.
    // github.com/firefly-iii/import-configurations gb/halifax; github.com/MatthewJohn/Firefly-iii-CSV-Converter.
    id: 'lloyds-group',
    bank: 'Lloyds, Halifax, Bank of Scotland, TSB',
    signature: [
      'Transaction Date',
      'Transaction Type',
      'Sort Code',
      'Account Number',
      'Transaction Description',
      'Debit Amount',
      'Credit Amount',
    ],
    currency: 'GBP',
    dateFormats: [britishDay, 'yyyy-MM-dd', 'dd-MM-yyyy'],
    mapping: {
      columns: {
        date: 'Transaction Date',
        type: 'Transaction Type',
        sort_code: 'Sort Code',
        account: 'Account Number',
        description: 'Transaction Description',
        debit: 'Debit Amount',
        credit: 'Credit Amount',
        balance: 'Balance',
      },
    },
  },
  {
    // NatWest and Royal Bank of Scotland. github.com/Joshibbotson/bank-statement-parse src/types/NatwestStatement.ts.
    id: 'natwest-group',
    bank: 'NatWest, Royal Bank of Scotland',
    signature: ['Date', 'Type', 'Description', 'Value', 'Balance', 'Account Name', 'Account Number'],
    currency: 'GBP',
    dateFormats: ['dd MMM yyyy', britishDay],
    mapping: {
      columns: {
        date: 'Date',
        type: 'Type',
        description: 'Description',
        amount: 'Value',
        balance: 'Balance',
        account: 'Account Number',
      },
    },
  },
  {
    // Below a preamble of account name and balances, in windows-1252.
    id: 'nationwide',
    bank: 'Nationwide',
    signature: ['Date', 'Transaction type', 'Description', 'Paid out', 'Paid in', 'Balance'],
    currency: 'GBP',
    dateFormats: ['dd MMM yyyy', 'dd-MMM-yy', britishDay],
    mapping: {
      columns: {
        date: 'Date',
        type: 'Transaction type',
        description: 'Description',
        debit: 'Paid out',
        credit: 'Paid in',
        balance: 'Balance',
      },
    },
  },
  {
    // Charges stand without a minus. The British file has a postcode, the American one a zip code and its own date order.
    // With and without the columns `Card Member` and `Account #`.
    id: 'amex-uk',
    bank: 'American Express UK',
    signature: ['Date', 'Description', 'Amount', 'Appears On Your Statement As', 'Town/City', 'Postcode'],
    currency: 'GBP',
    mapping: {
      date_format: britishDay,
      invert: true,
      columns: { date: 'Date', description: 'Description', amount: 'Amount', id: 'Reference' },
    },
  },
  {
    // The newer one; the older one, below, is github.com/bank2ynab/bank2ynab's [IE N26].
    id: 'n26',
    bank: 'N26',
    signature: ['Booking Date', 'Value Date', 'Partner Name', 'Partner Iban', 'Type', 'Payment Reference'],
    currency: 'EUR',
    mapping: {
      date_format: 'yyyy-MM-dd',
      columns: {
        date: 'Booking Date',
        value_date: 'Value Date',
        counterparty: 'Partner Name',
        counterparty_account: 'Partner Iban',
        type: 'Type',
        description: 'Payment Reference',
        product: 'Account Name',
        amount: 'Amount (EUR)',
        original_amount: 'Original Amount',
        original_currency: 'Original Currency',
        rate: 'Exchange Rate',
      },
    },
  },
  {
    id: 'n26-2022',
    bank: 'N26',
    signature: ['Date', 'Payee', 'Account number', 'Transaction type', 'Payment reference', 'Amount'],
    currency: 'EUR',
    mapping: {
      date_format: 'yyyy-MM-dd',
      columns: {
        date: 'Date',
        counterparty: 'Payee',
        counterparty_account: 'Account number',
        type: 'Transaction type',
        description: 'Payment reference',
        amount: 'Amount (EUR)',
      },
    },
  },
  {
    // Portal of 2023, below a preamble with the IBAN.
    id: 'dkb',
    bank: 'DKB',
    signature: ['Buchungsdatum', 'Wertstellung', 'Status', 'Zahlungspflichtige*r', 'Zahlungsempfänger*in', 'Umsatztyp'],
    currency: 'EUR',
    dateFormats: ['dd.MM.yy', 'dd.MM.yyyy'],
    mapping: {
      decimal: ',',
      columns: {
        date: 'Buchungsdatum',
        value_date: 'Wertstellung',
        state: 'Status',
        payer: 'Zahlungspflichtige*r',
        payee: 'Zahlungsempfänger*in',
        counterparty_account: 'IBAN',
        description: 'Verwendungszweck',
        amount: 'Betrag (€)',
      },
    },
  },
  {
    // Below a preamble with the IBAN; the column of the value date has had two names.
    // github.com/firefly-iii/import-configurations de/ing (tags add columns); github.com/bank2ynab/bank2ynab, [DE ING-DiBa].
    id: 'ing-de',
    bank: 'ING (Germany)',
    signature: ['Buchung', 'Auftraggeber/Empfänger', 'Buchungstext', 'Verwendungszweck', 'Betrag'],
    currency: 'EUR',
    mapping: {
      date_format: 'dd.MM.yyyy',
      decimal: ',',
      columns: {
        date: 'Buchung',
        value_date: ['Wertstellungsdatum', 'Valuta'],
        counterparty: 'Auftraggeber/Empfänger',
        type: 'Buchungstext',
        description: 'Verwendungszweck',
        balance: 'Saldo',
        amount: 'Betrag',
      },
    },
  },
  {
    // github.com/bank2ynab/bank2ynab, [NL ING]; with commas and with semicolons.
    id: 'ing-nl',
    bank: 'ING (Netherlands)',
    signature: ['Datum', 'Naam / Omschrijving', 'Rekening', 'Tegenrekening', 'Code', 'Af Bij', 'Bedrag'],
    currency: 'EUR',
    mapping: {
      date_format: 'yyyyMMdd',
      decimal: ',',
      columns: {
        date: 'Datum',
        counterparty: 'Naam / Omschrijving',
        account: 'Rekening',
        counterparty_account: 'Tegenrekening',
        sign: 'Af Bij',
        amount: 'Bedrag (EUR)',
        type: 'Mutatiesoort',
        description: 'Mededelingen',
      },
    },
  },
  {
    id: 'ing-nl-en',
    bank: 'ING (Netherlands)',
    signature: ['Date', 'Name / Description', 'Account', 'Counterparty', 'Code', 'Debit/credit', 'Amount'],
    currency: 'EUR',
    mapping: {
      date_format: 'yyyyMMdd',
      decimal: ',',
      columns: {
        date: 'Date',
        counterparty: 'Name / Description',
        account: 'Account',
        counterparty_account: 'Counterparty',
        sign: 'Debit/credit',
        amount: 'Amount (EUR)',
        type: 'Transaction type',
        description: 'Notifications',
      },
    },
  },
  {
    // No header: day, text, amount. Nothing in the file says HSBC, so it has to be chosen.
    id: 'hsbc-uk',
    bank: 'HSBC UK',
    currency: 'GBP',
    mapping: {
      header: false,
      date_format: britishDay,
      columns: { date: '0', description: '1', amount: '2' },
    },
  },
  {
    // A header that many banks have. github.com/bank2ynab/bank2ynab, [UK first direct checking].
    id: 'first-direct',
    bank: 'first direct',
    currency: 'GBP',
    mapping: {
      date_format: britishDay,
      columns: { date: 'Date', description: 'Description', amount: 'Amount', balance: 'Balance' },
    },
  },
]
