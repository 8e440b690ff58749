import { type Day, dayOfText, textOfDay } from '../../domain/days.ts'
import { HISTORY_DAYS } from '../../domain/institutions.ts'
import { Refused, wrongParameter } from './refused.ts'

const STATUSES = ['BOOK', 'PDNG', 'HOLD', 'CNCL', 'RJCT', 'SCHD', 'OTHR'] as const
const STRATEGIES = ['default', 'longest'] as const
/** What is told without a `date_from`. */
const DEFAULT_DAYS = 90

/** The parameters of one call for transactions, which its further pages have to repeat. */
export type TransactionQuery = {
  date_from: string | null
  date_to: string | null
  transaction_status: (typeof STATUSES)[number] | null
  strategy: (typeof STRATEGIES)[number]
}

/** @throws Refused WRONG_REQUEST_PARAMETERS */
export function readTransactionQuery(query: Readonly<Record<string, unknown>>): TransactionQuery {
  return {
    date_from: readDay(query, 'date_from'),
    date_to: readDay(query, 'date_to'),
    transaction_status: readChoice(query, 'transaction_status', STATUSES),
    strategy: readChoice(query, 'strategy', STRATEGIES) ?? 'default',
  }
}

/** The days that are told, both included. @throws Refused where the bank does not tell of them. */
export function windowOf({ date_from, date_to, strategy }: TransactionQuery, today: Day): { from: Day; to: Day } {
  const [from, to] = [dayOf(date_from), dayOf(date_to)]
  if (to !== null && from === null) throw new Refused('DATE_TO_WITHOUT_DATE_FROM')
  if (from !== null && from > today) throw new Refused('DATE_FROM_IN_FUTURE')
  if (from !== null && to !== null && from > to) throw new Refused('WRONG_DATE_INTERVAL')
  const oldest = today - HISTORY_DAYS
  if (strategy === 'longest') return { from: Math.max(from ?? oldest, oldest), to: to ?? today }
  if (from !== null && from < oldest) {
    const detail = `Transactions are available from ${textOfDay(oldest)} on`
    throw new Refused('WRONG_TRANSACTIONS_PERIOD', { detail })
  }
  return { from: from ?? today - DEFAULT_DAYS + 1, to: to ?? today }
}

/** The first parameter in which a further page differs from its first one. */
export function difference(asked: TransactionQuery, first: TransactionQuery): string | null {
  const names = ['date_from', 'date_to', 'transaction_status', 'strategy'] as const
  return names.find((name) => asked[name] !== first[name]) ?? null
}

const dayOf = (text: string | null): Day | null => (text === null ? null : dayOfText(text))

function readDay(query: Readonly<Record<string, unknown>>, name: string): string | null {
  const text = query[name]
  if (text === undefined) return null
  if (typeof text === 'string' && dayOfText(text) !== null) return text
  throw wrongParameter(`${name}: expected a day as YYYY-MM-DD`)
}

function readChoice<const T extends string>(
  query: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly T[],
): T | null {
  const said = query[name]
  if (said === undefined) return null
  const choice = choices.find((candidate) => candidate === said)
  if (choice !== undefined) return choice
  throw wrongParameter(`${name}: expected one of ${choices.join(', ')}`)
}
