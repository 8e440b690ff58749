import type { RawRow } from '../../normalise/fields.ts'
import { type DecimalMark, inferDecimal, statedAmount } from '../amount-format.ts'
import { isDay } from '../date-format.ts'
import { filled } from '../filled.ts'
import { identifiersFrom } from '../identifiers.ts'
import {
  checkRowCount,
  Problems,
  type StatementAccount,
  type StatementBalance,
  StatementUnreadable,
  type StatementWindow,
} from '../statement.ts'
import { withWindow } from '../window.ts'
import { type OfxElement, ofxElements, valueAtPath, within } from './elements.ts'

/** OFX 1 (SGML), OFX 2 (XML) and Quicken's QFX, which is either. Throws StatementUnreadable. */
export function readOfx(
  text: string,
  currency: string | undefined,
): { accounts: StatementAccount[]; problems: Problems } {
  const problems = new Problems()
  const root = ofxElements(text)
  const statements = within(root, 'STMTRS', 'CCSTMTRS', 'INVSTMTRS')
  if (statements.length === 0) {
    throw new StatementUnreadable({
      code: 'damaged',
      found: 'no STMTRS, CCSTMTRS or INVSTMTRS',
      expected: 'an OFX statement',
      todo: 'export the statement from the bank again; a list of accounts is none',
    })
  }
  const institution = valueAtPath(within(root, 'FI')[0], 'ORG')
  const decimal = inferDecimal(within(root, 'TRNAMT', 'BALAMT').map(({ value }) => value)).mark
  const accounts = statements.map((statement) =>
    accountOf(statement, { text, institution, currency, decimal, problems }),
  )
  checkRowCount(accounts.reduce((sum, { rows, pending }) => sum + rows.length + pending.length, 0))
  return { accounts, problems }
}

interface Context {
  text: string
  institution: string
  currency: string | undefined
  decimal: DecimalMark | undefined
  problems: Problems
}

function accountOf(statement: OfxElement, context: Context): StatementAccount {
  const stated = valueAtPath(statement, 'CURDEF').toUpperCase() || context.currency || ''
  const from = within(statement, 'BANKACCTFROM', 'CCACCTFROM', 'INVACCTFROM')[0]
  const list = within(statement, 'BANKTRANLIST', 'INVTRANLIST')[0]
  const row = (one: OfxElement) => ({
    raw: context.text.slice(one.start, one.end),
    row: rowOf(one, stated, context.decimal),
  })
  // Quicken's extension for what is not booked yet.
  const pending = within(statement, 'STMTTRNP', 'BANKTRANLISTP').flatMap((one) =>
    one.name === 'BANKTRANLISTP' ? within(one, 'STMTTRNP', 'STMTTRN') : [one],
  )
  const listed = new Set(pending)
  const rows = within(statement, 'STMTTRN').filter((one) => !listed.has(one))
  if (statement.name === 'INVSTMTRS') skipInvestments(list, context.problems)
  return withWindow(
    {
      identifiers: identifiersFrom(valueAtPath(from, 'ACCTID'), stated, valueAtPath(from, 'BANKID')),
      ...(stated === '' ? {} : { currency: stated }),
      ...(context.institution === '' ? {} : { institution: context.institution }),
      rows: rows.map(row),
      pending: pending.map(row),
      balances: balancesOf(statement, stated, context.decimal),
    },
    windowOf(list),
  )
}

/** Buying and selling of securities is no payment of the account. */
function skipInvestments(list: OfxElement | undefined, problems: Problems): void {
  for (const one of list?.children ?? []) {
    if (one.children.length > 0 && one.name !== 'INVBANKTRAN') {
      problems.add('other_sections_skipped', one.line, 'entries about securities were left out')
    }
  }
}

function rowOf(one: OfxElement, stated: string, decimal: DecimalMark | undefined): RawRow {
  // CURRENCY: the amount is in that one; ORIGCURRENCY: it was, and is now in the account's.
  const currency = valueAtPath(one, 'CURRENCY', 'CURSYM').toUpperCase() || stated
  const amount = statedAmount(valueAtPath(one, 'TRNAMT'), decimal)?.amount ?? ''
  const name = valueAtPath(one, 'NAME') || valueAtPath(one, 'PAYEE', 'NAME')
  const check = valueAtPath(one, 'CHECKNUM')
  const posted = momentOf(valueAtPath(one, 'DTPOSTED'))
  const available = momentOf(valueAtPath(one, 'DTAVAIL'))
  return {
    ...filled({
      transactionId: valueAtPath(one, 'FITID'),
      entryReference: valueAtPath(one, 'REFNUM'),
      checkId: check,
      bookingDate: posted.day,
      bookingDateTime: posted.dateTime,
      valueDate: available.day,
      [amount.startsWith('-') ? 'creditorName' : 'debtorName']: name,
      proprietaryBankTransactionCode: valueAtPath(one, 'TRNTYPE'),
    }),
    transactionAmount: filled({ amount, currency }),
    ...describedBy(name, valueAtPath(one, 'MEMO')),
  }
}

/** NAME has 32 characters; where it does not suffice, MEMO says it again in full, or goes on. */
function describedBy(name: string, memo: string): RawRow {
  const lines = memo.toLowerCase().startsWith(name.toLowerCase()) ? [memo] : [name, memo]
  const said = lines.filter((line) => line !== '')
  return said.length === 0 ? {} : { remittanceInformationUnstructuredArray: said }
}

const MOMENT =
  /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?(?:\.\d+)?)?\s*(?:\[\s*([+-]?\d{1,2})(?:\.(\d{1,2}))?\s*(?::[^\]]*)?\])?$/

/**
 * `20260526093000.000[-5:EST]`. The day is the one that the bank wrote, whatever the zone: a payment of the 26th stays on the
 * 26th. The moment is told only where there is a time of day. What cannot be read stands as it came.
 */
function momentOf(text: string): { day: string; dateTime: string } {
  const found = MOMENT.exec(text)
  const day = found === null ? '' : `${found[1]}-${found[2]}-${found[3]}`
  if (found === null || !isDay(day)) return { day: text, dateTime: '' }
  const [hour, minute, second = '00'] = [found[4], found[5], found[6]]
  // Banks that know no time write midnight, or noon to be safe from zones.
  if (hour === undefined || (`${minute}${second}` === '0000' && (hour === '00' || hour === '12')))
    return { day, dateTime: '' }
  return { day, dateTime: `${day}T${hour}:${minute}:${second}${zoneOf(found[7], found[8])}` }
}

/** Hours may have a decimal part: `5.30` is half an hour. */
function zoneOf(hours: string | undefined, minutes = '00'): string {
  if (hours === undefined) return ''
  const sign = hours.startsWith('-') ? '-' : '+'
  return `${sign}${hours.replace(/^[+-]/, '').padStart(2, '0')}:${minutes.padEnd(2, '0')}`
}

function windowOf(list: OfxElement | undefined): StatementWindow | undefined {
  const from = momentOf(valueAtPath(list, 'DTSTART')).day
  const to = momentOf(valueAtPath(list, 'DTEND')).day
  return isDay(from) && isDay(to) && from <= to ? { from, to } : undefined
}

/** LEDGERBAL is what is booked; AVAILBAL may count an overdraft in. */
function balancesOf(statement: OfxElement, currency: string, decimal: DecimalMark | undefined): StatementBalance[] {
  return within(statement, 'LEDGERBAL').flatMap((balance) => {
    const amount = statedAmount(valueAtPath(balance, 'BALAMT'), decimal)?.amount
    const { day } = momentOf(valueAtPath(balance, 'DTASOF'))
    if (amount === undefined || !isDay(day)) return []
    return [{ type: 'closing' as const, date: day, amount, ...(currency === '' ? {} : { currency }) }]
  })
}
