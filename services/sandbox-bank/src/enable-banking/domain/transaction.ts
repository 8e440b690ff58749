import type { WireRow } from '../../domain/payment.ts'

export type TransactionStatus = 'BOOK' | 'PDNG'

/**
 * A row as this protocol words it, from what the bank shows of it. The amount has no sign, the indicator tells the way; a
 * pending row has no day of booking. `entry_reference` is the bank's id under this protocol, another text than GoCardless
 * makes of it; `transaction_id` is the handle of the detail call.
 */
export type Transaction = {
  entry_reference: string | null
  transaction_id: string | null
  merchant_category_code: string | null
  transaction_amount: { currency: string; amount: string }
  creditor: { name: string } | null
  creditor_account: null
  debtor: { name: string } | null
  debtor_account: null
  bank_transaction_code: { description: string | null; code: null; sub_code: null }
  credit_debit_indicator: 'DBIT' | 'CRDT'
  status: TransactionStatus
  booking_date: string | null
  value_date: string | null
  transaction_date: string | null
  balance_after_transaction: null
  reference_number: null
  remittance_information: string[]
  exchange_rate: null
  note: null
}

const LONGEST_REFERENCE = 18

/** `row`: of the world's wire; a row that the bank has spoiled may lack what others have. */
export function transactionOf(row: Partial<WireRow>, status: TransactionStatus): Transaction {
  const { amount = '', currency = '' } = row.transactionAmount ?? {}
  const id = row.transactionId
  const reference = id === undefined ? null : `SF-${id.slice(0, LONGEST_REFERENCE).toUpperCase()}`
  const text = row.remittanceInformationUnstructured
  const isPending = status === 'PDNG'
  return {
    entry_reference: reference,
    transaction_id: reference === null ? null : Buffer.from(reference).toString('base64url'),
    merchant_category_code: row.merchantCategoryCode ?? null,
    transaction_amount: { currency, amount: amount.replace('-', '') },
    creditor: row.creditorName === undefined ? null : { name: row.creditorName },
    creditor_account: null,
    debtor: row.debtorName === undefined ? null : { name: row.debtorName },
    debtor_account: null,
    bank_transaction_code: { description: row.proprietaryBankTransactionCode ?? null, code: null, sub_code: null },
    credit_debit_indicator: amount.startsWith('-') ? 'DBIT' : 'CRDT',
    status,
    booking_date: isPending ? null : (row.bookingDate ?? null),
    value_date: row.valueDate ?? null,
    transaction_date: isPending ? (row.bookingDate ?? null) : null,
    balance_after_transaction: null,
    reference_number: null,
    remittance_information: text === undefined ? [] : [text],
    exchange_rate: null,
    note: null,
  }
}
