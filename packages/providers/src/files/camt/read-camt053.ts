import { dayNumber, dayOf } from '../../identity/days.ts'
import { isDay } from '../date-format.ts'
import { identifiersFrom } from '../identifiers.ts'
import { mergedAccounts } from '../merge.ts'
import {
  checkRowCount,
  Problems,
  type StatementAccount,
  type StatementBalance,
  StatementUnreadable,
  type StatementWindow,
} from '../statement.ts'
import { withWindow } from '../window.ts'
import { dayAt, entryRows, signedAmount, statusOf } from './entry.ts'
import { at, many, type Node, parseXml, textAt } from './node.ts'

/**
 * CAMT.053 (bank to customer statement) of versions 02 to 13, and CAMT.052, the same for part of a day. A file may have
 * statements of several accounts, and several days of one. Throws StatementUnreadable.
 */
export function readCamt053(
  text: string,
  currency: string | undefined,
): { accounts: StatementAccount[]; problems: Problems } {
  const problems = new Problems()
  const document = at(parseXml(text), 'Document')
  const statements = [...many(at(document, 'BkToCstmrStmt'), 'Stmt'), ...many(at(document, 'BkToCstmrAcctRpt'), 'Rpt')]
  if (statements.length === 0) {
    throw new StatementUnreadable({
      code: 'damaged',
      found: 'no statement in it',
      expected: 'BkToCstmrStmt with a Stmt',
      todo: 'export the statement (camt.053) from the bank again',
    })
  }
  const raw = rawEntries(text)
  let entriesBefore = 0
  const accounts = statements.map((statement) => {
    const entries = many(statement, 'Ntry')
    const rawOf = (i: number) => raw[entriesBefore + i] ?? { text: '', line: null }
    const account = accountOf(statement, entries, rawOf, currency, problems)
    entriesBefore += entries.length
    return account
  })
  checkRowCount(accounts.reduce((sum, { rows, pending }) => sum + rows.length + pending.length, 0))
  return { accounts: mergedAccounts(accounts), problems }
}

interface RawEntry {
  text: string
  line: number | null
}

/** Entries as the file has them; they do not stand within each other. */
function rawEntries(text: string): RawEntry[] {
  const found: RawEntry[] = []
  let line = 1
  let counted = 0
  for (const match of text.matchAll(/<(?:[\w.-]+:)?Ntry[\s>][\s\S]*?<\/(?:[\w.-]+:)?Ntry\s*>/g)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++
    found.push({ text: match[0], line })
  }
  return found
}

function accountOf(
  statement: Node,
  entries: readonly Node[],
  rawOf: (i: number) => RawEntry,
  fallback: string | undefined,
  problems: Problems,
): StatementAccount {
  const stated = at(statement, 'Acct')
  const balances = many(statement, 'Bal')
  const currency =
    textAt(stated, 'Ccy') ||
    textAt(at(balances[0], 'Amt'), '@Ccy') ||
    textAt(at(entries[0], 'Amt'), '@Ccy') ||
    fallback ||
    ''
  const bank = at(stated, 'Svcr', 'FinInstnId')
  const number = textAt(stated, 'Id', 'IBAN') || textAt(stated, 'Id', 'Othr', 'Id')
  const name = textAt(stated, 'Nm')
  const institution = textAt(bank, 'Nm')
  const bic = textAt(bank, 'BICFI') || textAt(bank, 'BIC')
  const account: StatementAccount = {
    identifiers: identifiersFrom(number, currency, textAt(bank, 'ClrSysMmbId', 'MmbId')),
    ...(currency === '' ? {} : { currency }),
    ...(name === '' ? {} : { name }),
    ...(institution === '' ? {} : { institution }),
    ...(bic === '' ? {} : { bic }),
    rows: [],
    pending: [],
    balances: balances.flatMap((balance) => balanceOf(balance)),
  }
  for (const [i, entry] of entries.entries()) addEntry(account, entry, rawOf(i), problems)
  return withWindow(account, windowOf(statement))
}

function addEntry(account: StatementAccount, entry: Node, { text, line }: RawEntry, problems: Problems): void {
  const status = statusOf(entry)
  if (status === 'none') {
    problems.add('not_payments_skipped', line, 'entries that are only announced (INFO, FUTR) were left out')
    return
  }
  const { rows, batch } = entryRows(entry, account.currency)
  if (batch === 'kept')
    problems.add('batch_not_split', line, 'batches whose parts do not add up to them stay one payment')
  for (const row of rows) (status === 'pending' ? account.pending : account.rows).push({ raw: text, row })
}

/** Opening: booked, or what the day before closed with; closing: booked. Others (available, expected) are not told. */
const BALANCES: ReadonlyMap<string, StatementBalance['type']> = new Map([
  ['OPBD', 'opening'],
  ['PRCD', 'opening'],
  ['CLBD', 'closing'],
])

function balanceOf(balance: Node): StatementBalance[] {
  const type = BALANCES.get(textAt(balance, 'Tp', 'CdOrPrtry', 'Cd'))
  const date = dayAt(balance, 'Dt')
  const { amount, currency } = signedAmount(balance)
  if (type === undefined || !isDay(date) || amount === '') return []
  return [{ type, date, amount, ...(currency === '' ? {} : { currency }) }]
}

/** The end may be the first moment that is no longer covered. */
function windowOf(statement: Node): StatementWindow | undefined {
  const [start, end] = [textAt(statement, 'FrToDt', 'FrDtTm'), textAt(statement, 'FrToDt', 'ToDtTm')]
  const from = start.slice(0, 10) || textAt(statement, 'FrToDt', 'FrDt')
  let to = end.slice(0, 10) || textAt(statement, 'FrToDt', 'ToDt')
  if (!isDay(from) || !isDay(to)) return undefined
  if (/T00:00:00(?:\.0+)?(?:Z|[+-]\d{2}:\d{2})?$/.test(end) && to > from) to = dayOf(dayNumber(to) - 1)
  return from <= to ? { from, to } : undefined
}
