import { formatAmount } from '../../money.ts'
import type { RawRow } from '../../normalise/fields.ts'
import { minorUnits, negated, statedAmount } from '../amount-format.ts'
import { timeOf } from '../date-format.ts'
import { filled } from '../filled.ts'
import type { Problems } from '../statement.ts'
import type { Layout } from './layout.ts'
import type { ColumnRole } from './roles.ts'
import type { CsvRecord } from './table.ts'
import { signWords, stateWords, wordKey } from './words.ts'

export interface ReadRow {
  row: RawRow
  pending: boolean
  account: { number: string; product: string; currency: string }
}

/** A reader of a layout's records; undefined for a record that is no payment by its own word (declined, reverted). */
export function rowReader(
  layout: Layout,
  currency: string | undefined,
  problems: Problems,
): (record: CsvRecord) => ReadRow | undefined {
  const { columns, readDate } = layout
  return (record) => {
    const { cells } = record
    const texts = (role: ColumnRole) =>
      (columns[role] ?? []).map((at) => textOf(cells[at])).filter((text) => text !== '')
    const text = (role: ColumnRole) => {
      for (const at of columns[role] ?? NO_COLUMNS) {
        const text = textOf(cells[at])
        if (text !== '') return text
      }
      return ''
    }
    const state = stateOf(text('state'), record.line, problems)
    if (state === 'none') return undefined
    const money = moneyOf(layout, text, record.line, problems)
    const inCurrency = text('currency').toUpperCase() || layout.currency || currency || ''
    const date = dateOf(texts('date'), text('time'), readDate)
    return {
      pending: state === 'pending',
      account: {
        number: [text('sort_code'), text('account')].filter(Boolean).join(' '),
        product: text('product'),
        currency: inCurrency,
      },
      row: {
        ...filled({ transactionId: text('id') }),
        ...date,
        ...filled({ valueDate: readDate(text('value_date'))?.day ?? '' }),
        transactionAmount: { ...filled({ amount: money?.amount ?? '', currency: money?.currency ?? inCurrency }) },
        ...partyOf(texts, money?.amount ?? ''),
        ...described(texts('description')),
        ...filled({ proprietaryBankTransactionCode: text('type') }),
        ...exchangeOf(layout, text, inCurrency),
        ...balanceOf(layout, text('balance'), inCurrency),
      },
    }
  }
}

const NO_COLUMNS: readonly number[] = []

/** Some banks put an apostrophe before what a spreadsheet would take for a number. */
function textOf(cell: string | undefined): string {
  if (cell === undefined || !cell.startsWith("'")) return cell ?? ''
  return cell.slice(1).replace(/'$/, '').trim()
}

function stateOf(stated: string, line: number, problems: Problems): 'booked' | 'pending' | 'none' {
  if (stated === '') return 'booked'
  const state = stateWords.get(wordKey(stated))
  if (state === 'none') problems.add('not_payments_skipped', line, 'rows that were declined or reverted were left out')
  if (state === undefined) problems.add('state_unknown', line, 'rows of an unknown state were taken as pending')
  return state ?? 'pending'
}

type Money = { amount: string; currency?: string }

/** Undefined where nothing readable stands: the normaliser then holds the row. */
function moneyOf(
  { columns, decimal, invert }: Layout,
  text: (role: ColumnRole) => string,
  line: number,
  problems: Problems,
): Money | undefined {
  const money = columns.amount === undefined ? pairOf(text, decimal) : statedAmount(text('amount'), decimal)
  const signed = money === undefined ? undefined : directed(money, text('sign'), columns.sign !== undefined)
  if (signed === undefined) {
    problems.add('row_damaged', line, 'rows whose amount could not be read are held')
    return undefined
  }
  return withoutFee(invert ? { ...signed, amount: negated(signed.amount) } : signed, text('fee'), decimal)
}

/** Two columns: what stands in the one for money out goes out, with or without a minus. Both filled is neither. */
function pairOf(text: (role: ColumnRole) => string, decimal: Layout['decimal']): Money | undefined {
  const [out, into] = [statedAmount(text('debit'), decimal), statedAmount(text('credit'), decimal)]
  const isNothing = (money: Money | undefined) => money === undefined || /^-?[0.,]*$/.test(money.amount)
  if (out !== undefined && into !== undefined && isNothing(out) === isNothing(into)) {
    return isNothing(out) ? into : undefined
  }
  if (out !== undefined && (into === undefined || isNothing(into)))
    return { ...out, amount: `-${out.amount.replace(/^[-+]/, '')}` }
  // A damaged cell beside an empty one must not make a zero of it.
  return text('debit') !== '' && out === undefined ? undefined : into
}

function directed(money: Money, word: string, hasSign: boolean): Money | undefined {
  if (!hasSign) return money
  const way = signWords.get(wordKey(word))
  if (way === undefined) return undefined
  const magnitude = money.amount.replace(/^[-+]/, '')
  return { ...money, amount: way === 'out' ? `-${magnitude}` : magnitude }
}

/** A fee in a column of its own left the account with the amount. */
function withoutFee(money: Money, cell: string, decimal: Layout['decimal']): Money | undefined {
  const fee = statedAmount(cell, decimal)
  if (fee === undefined || /^-?[0.,]*$/.test(fee.amount)) return cell !== '' && fee === undefined ? undefined : money
  // Counted in the finest unit there is, so that no currency is rounded.
  const [amount, charged] = [minorUnits(money.amount, FINEST), minorUnits(fee.amount, FINEST)]
  if (amount === undefined || charged === undefined) return undefined
  return { ...money, amount: formatAmount(amount - (charged < 0n ? -charged : charged), FINEST) }
}

/** Four decimals (ISO 4217); trailing zeros are no precision that another currency would lack. */
const FINEST = 'CLF'

function dateOf(stated: readonly string[], time: string, read: Layout['readDate']): RawRow {
  const found = stated.map((text) => read(text)).find((date) => date !== undefined)
  // Unreadable, it stands as it came: the normaliser holds the row and shows it.
  if (found === undefined) return filled({ bookingDate: stated[0] ?? '' })
  const at = /^\d{1,2}:\d{2}/.test(time) ? timeOf(time) : found.time
  return at === undefined
    ? { bookingDate: found.day }
    : { bookingDate: found.day, bookingDateTime: `${found.day}T${at}` }
}

function partyOf(texts: (role: ColumnRole) => string[], amount: string): RawRow {
  const out = amount.startsWith('-')
  const name = texts('counterparty')[0] ?? texts(out ? 'payee' : 'payer')[0] ?? ''
  const account = (texts('counterparty_account')[0] ?? '').replaceAll(' ', '').toUpperCase()
  return {
    ...filled({ [out ? 'creditorName' : 'debtorName']: name }),
    ...(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(account)
      ? { [out ? 'creditorAccount' : 'debtorAccount']: { iban: account } }
      : {}),
  }
}

function described(lines: readonly string[]): RawRow {
  const different = [...new Set(lines)]
  return different.length === 0 ? {} : { remittanceInformationUnstructuredArray: different }
}

function exchangeOf({ decimal }: Layout, text: (role: ColumnRole) => string, currency: string): RawRow {
  const original = statedAmount(text('original_amount'), decimal)
  const foreign = text('original_currency').toUpperCase()
  if (original === undefined || foreign === '' || foreign === currency) return {}
  return {
    currencyExchange: [
      { instructedAmount: { amount: original.amount, currency: foreign }, ...filled({ exchangeRate: text('rate') }) },
    ],
  }
}

function balanceOf({ decimal }: Layout, cell: string, currency: string): RawRow {
  const balance = statedAmount(cell, decimal)
  if (balance === undefined) return {}
  return { balanceAfterTransaction: { balanceAmount: { ...filled({ amount: balance.amount, currency }) } } }
}
