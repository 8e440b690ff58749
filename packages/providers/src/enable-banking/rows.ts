import { isRecord, type RawRow, textOf } from '../normalise/fields.ts'
import { isList, type RowList } from '../normalise/long-lists.ts'

/**
 * Rows of Enable Banking as the neutral row, the Berlin Group's transaction: what stands in `pages` of one kept answer
 * (gocardless.md §11). A row that cannot be read becomes null, so that the normaliser holds it in its place.
 */
export interface NeutralRows {
  booked: RowList
  pending: RowList
}

const BOOKED = new Set(['BOOK'])
const PENDING = new Set(['PDNG', 'HOLD'])
/** Never happened, or not yet. */
const NOT_A_PAYMENT = new Set(['CNCL', 'RJCT', 'SCHD'])

const statusOf = (row: unknown) => (isRecord(row) ? textOf(row, 'status').toUpperCase() : '')

/**
 * The rows of all pages as they were sent, in the lists and the order in which the normaliser counts them. They are told apart
 * while the booked ones are read, so that each is parsed once; pending ones are few and stay.
 */
export function statedRows(pages: readonly unknown[]): NeutralRows {
  const lists = pages.map((page) => (isRecord(page) ? page['transactions'] : undefined)).filter(isList)
  let told: { booked: number[]; pending: unknown[] } | undefined
  function* readBooked(): Generator<unknown, void, undefined> {
    const [booked, pending]: [number[], unknown[]] = [[], []]
    let place = -1
    for (const row of inOneList(lists)) {
      place++
      const status = statusOf(row)
      if (PENDING.has(status)) pending.push(row)
      // A status that nobody documented is not guessed at: its row is held.
      else if (!NOT_A_PAYMENT.has(status)) {
        booked.push(place)
        yield row
      }
    }
    told = { booked, pending }
  }
  const toldApart = () => {
    const rows = readBooked()
    while (told === undefined) rows.next()
    return told
  }
  return {
    booked: {
      get length() {
        return toldApart().booked.length
      },
      at: (index) => rowAt(lists, toldApart().booked[index]),
      [Symbol.iterator]: readBooked,
    },
    pending: {
      get length() {
        return toldApart().pending.length
      },
      at: (index) => toldApart().pending.at(index),
      [Symbol.iterator]: () => toldApart().pending.values(),
    },
  }
}

function* inOneList(lists: readonly RowList[]): Generator<unknown, void, undefined> {
  for (const list of lists) yield* list
}

function rowAt(lists: readonly RowList[], place: number | undefined): unknown {
  if (place === undefined) return undefined
  let before = 0
  for (const list of lists) {
    if (place < before + list.length) return list.at(place - before)
    before += list.length
  }
  return undefined
}

export function neutralRows(pages: readonly unknown[]): NeutralRows {
  const { booked, pending } = statedRows(pages)
  const isKnown = (row: unknown) => isRecord(row) && BOOKED.has(statusOf(row))
  return {
    booked: eachOf(booked, (row) => (isKnown(row) ? neutral(row) : null)),
    pending: eachOf(pending, neutral),
  }
}

/** As `map` of a list that is at hand. */
function eachOf(rows: RowList, make: (row: unknown) => unknown): RowList {
  return {
    get length() {
      return rows.length
    },
    at: (index) => (index < rows.length ? make(rows.at(index)) : undefined),
    *[Symbol.iterator]() {
      for (const row of rows) yield make(row)
    },
  }
}

function neutral(row: unknown): RawRow | null {
  if (!isRecord(row)) return null
  const amount = signedAmount(row)
  if (amount === undefined) return null
  return {
    // Unique and immutable per account; `transaction_id` is a handle that may repeat and change.
    transactionId: row['entry_reference'],
    bookingDate: row['booking_date'],
    valueDate: row['value_date'],
    transactionDate: row['transaction_date'],
    transactionAmount: amount,
    creditorName: nested(row, 'creditor', 'name'),
    debtorName: nested(row, 'debtor', 'name'),
    creditorAccount: row['creditor_account'],
    debtorAccount: row['debtor_account'],
    remittanceInformationUnstructuredArray: linesOf(row['remittance_information']),
    remittanceInformationStructured: row['reference_number'],
    additionalInformation: row['note'],
    merchantCategoryCode: row['merchant_category_code'],
    ...codes(row['bank_transaction_code']),
    currencyExchange: exchange(row['exchange_rate']),
    balanceAfterTransaction: { balanceAmount: row['balance_after_transaction'] },
  }
}

/** Unsigned, the way told apart; some banks sign it as well. Without either nobody knows which way the money went. */
function signedAmount(row: RawRow): RawRow | undefined {
  const money = row['transaction_amount']
  if (!isRecord(money)) return undefined
  const stated = String(money['amount'] ?? '')
  const magnitude = stated.replace(/^[\s+\-\u2212]+/, '').replace(/[\s\-\u2212]+$/, '')
  const indicator = textOf(row, 'credit_debit_indicator').toUpperCase()
  if (indicator === 'DBIT') return { ...money, amount: `-${magnitude}` }
  if (indicator === 'CRDT') return { ...money, amount: magnitude }
  return /^\s*[+\-\u2212]|[-\u2212]\s*$/.test(stated) ? { ...money, amount: stated } : undefined
}

/** Field marks of the German SEPA text; other words with a plus are the payer's own. */
const SEPA_TAG = /^(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+\s*/

function linesOf(value: unknown): string[] {
  const lines = Array.isArray(value) ? value : [value]
  return lines.flatMap((line) => (typeof line === 'string' ? [line.replace(SEPA_TAG, '')] : []))
}

function nested(row: RawRow, field: string, name: string): unknown {
  const value = row[field]
  return isRecord(value) ? value[name] : value
}

function codes(value: unknown): RawRow {
  if (!isRecord(value)) return {}
  const code = [textOf(value, 'code'), textOf(value, 'sub_code')].filter((part) => part !== '').join('-')
  return { bankTransactionCode: code, proprietaryBankTransactionCode: value['description'] }
}

function exchange(value: unknown): RawRow | undefined {
  if (!isRecord(value)) return undefined
  return { instructedAmount: value['instructed_amount'], exchangeRate: value['exchange_rate'] }
}
