import { dayNumber } from '../../identity/days.ts'
import type { RawRow } from '../../normalise/fields.ts'
import { isDay } from '../date-format.ts'
import { filled } from '../filled.ts'
import { identifiersFrom } from '../identifiers.ts'
import { mergedAccounts } from '../merge.ts'
import {
  checkRowCount,
  Problems,
  type StatementAccount,
  type StatementBalance,
  StatementUnreadable,
} from '../statement.ts'
import { withWindow } from '../window.ts'
import { type SwiftField, swiftMessages } from './fields.ts'
import { informationOf } from './information.ts'

/** SWIFT MT940, with or without envelopes; a file has a message per account and day. Throws StatementUnreadable. */
export function readMt940(
  text: string,
  currency: string | undefined,
): { accounts: StatementAccount[]; problems: Problems } {
  const problems = new Problems()
  const messages = swiftMessages(text).filter((fields) =>
    fields.some(({ tag }) => tag.startsWith('25') || tag.startsWith('60')),
  )
  if (messages.length === 0) {
    throw new StatementUnreadable({
      code: 'damaged',
      found: 'no message with an account (:25:) or a balance (:60F:)',
      expected: 'an MT940 statement',
      todo: 'export the statement from the bank again',
    })
  }
  const accounts = messages.map((fields) => accountOf(fields, currency, problems))
  checkRowCount(accounts.reduce((sum, { rows, pending }) => sum + rows.length + pending.length, 0))
  return { accounts: mergedAccounts(accounts), problems }
}

function accountOf(fields: readonly SwiftField[], fallback: string | undefined, problems: Problems): StatementAccount {
  const balances = fields.flatMap((field) => balanceOf(field))
  const currency = balances[0]?.currency ?? fallback ?? ''
  const stated = fields.find(({ tag }) => tag === '25' || tag === '25P')?.text.split('\n')[0] ?? ''
  const account: StatementAccount = {
    identifiers: accountIdentifiers(stated.trim(), currency),
    ...(currency === '' ? {} : { currency }),
    rows: [],
    pending: [],
    balances,
  }
  for (const [i, field] of fields.entries()) {
    if (field.tag !== '61') continue
    const next = fields[i + 1]
    const information = next?.tag === '86' ? next : undefined
    const made = rowOf(field.text, information?.text ?? '', currency)
    if (made.damaged) problems.add('row_damaged', field.line, 'lines :61: that could not be read are held')
    const raw = `:61:${field.text}${information === undefined ? '' : `\n:86:${information.text}`}`
    ;(made.pending ? account.pending : account.rows).push({ raw, row: made.row })
  }
  return withWindow(account)
}

/** `NL91ABNA0417164300EUR`, `37040044/532013000`, `200000 12345678`, or a bank code and an account of any other kind. */
function accountIdentifiers(stated: string, currency: string) {
  const bare = stated.replace(/\s*[A-Z]{3}$/, '')
  return identifiersFrom(bare === '' ? stated : bare, currency)
}

const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d+(?:[,.]\d*)?)/

/** F is the first or last of a statement; M one between two pages of it. */
function balanceOf({ tag, text }: SwiftField): StatementBalance[] {
  const type = tag === '60F' ? 'opening' : tag === '62F' ? 'closing' : undefined
  const [, way, date = '', currency = '', amount = ''] = BALANCE.exec(text) ?? []
  if (type === undefined || way === undefined) return []
  return [{ type, date: dayOfSix(date), amount: `${way === 'D' ? '-' : ''}${plainAmount(amount)}`, currency }]
}

function dayOfSix(yymmdd: string): string {
  return `20${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`
}

/** The comma always stands, also without decimals behind it. */
function plainAmount(amount: string): string {
  return amount.replace(',', '.').replace(/\.$/, '')
}

/** Value day, entry day, way, funds code, amount, type, customer’s reference, bank’s reference; then a line of its own. */
const STATEMENT_LINE =
  /^(\d{6})(\d{4})?(R?[CD]|E[CD])([A-Z])?(\d{1,15}(?:[,.]\d{0,4})?)([NSF][A-Z0-9]{3})([^\n]*)(?:\n([\s\S]*))?$/

interface MadeRow {
  row: RawRow
  pending: boolean
  damaged: boolean
}

function rowOf(text: string, information: string, currency: string): MadeRow {
  const found = STATEMENT_LINE.exec(text.trim())
  if (found === null) return { row: { remittanceInformationUnstructured: text }, pending: false, damaged: true }
  const [, value = '', entry, way = '', , amount = '', type = '', references = '', supplement = ''] = found
  const [, bankReference = ''] = references.split('//')
  const told = informationOf(information)
  // A reversed credit takes money back; a reversed debit gives it back.
  const out = way === 'D' || way === 'RC' || way === 'ED'
  const valueDate = dayOfSix(value)
  const iban = told.iban.replaceAll(' ', '')
  return {
    pending: way.startsWith('E'),
    damaged: false,
    row: {
      // No transactionId: references of this format name batches, or nothing at all (NONREF).
      ...filled({
        entryReference: bankReference === 'NONREF' ? '' : bankReference,
        endToEndId: told.endToEndId,
        mandateId: told.mandateId,
        bookingDate: entry === undefined ? valueDate : entryDay(entry, valueDate),
        valueDate,
        [out ? 'creditorName' : 'debtorName']: told.name,
        additionalInformation: supplement.trim(),
        bankTransactionCode: told.code || type,
        proprietaryBankTransactionCode: told.kind,
      }),
      transactionAmount: filled({ amount: `${out ? '-' : ''}${plainAmount(amount)}`, currency }),
      ...(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) ? { [out ? 'creditorAccount' : 'debtorAccount']: { iban } } : {}),
      ...(told.text.length === 0 ? {} : { remittanceInformationUnstructuredArray: told.text }),
      ...originalOf(supplement, currency),
    },
  }
}

/** The entry day has no year: the one nearest to the value day is meant. */
function entryDay(mmdd: string, valueDate: string): string {
  const year = Number(valueDate.slice(0, 4))
  const days = [year, year - 1, year + 1].map((y) => `${y}-${mmdd.slice(0, 2)}-${mmdd.slice(2, 4)}`).filter(isDay)
  const distance = (day: string) => Math.abs(dayNumber(day) - dayNumber(valueDate))
  return days.sort((a, b) => distance(a) - distance(b))[0] ?? valueDate
}

/** `/OCMT/USD12,34/`: the amount before it was exchanged. */
function originalOf(supplement: string, currency: string): RawRow {
  const [, foreign, amount] = /\/OCMT\/([A-Z]{3})(\d+(?:,\d*)?)/.exec(supplement) ?? []
  if (foreign === undefined || amount === undefined || foreign === currency) return {}
  return { currencyExchange: [{ instructedAmount: { amount: plainAmount(amount), currency: foreign } }] }
}
