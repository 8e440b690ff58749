import { normaliseRows } from '../rules.ts'
import { readStatement, type Statement, type StatementOptions, StatementUnreadable } from './index.ts'

export const bytesOf = (text: string) => new TextEncoder().encode(text)

export const read = (text: string, options: StatementOptions = {}): Statement => readStatement(bytesOf(text), options)

/** The rows of an account as the normaliser makes them. */
export function normalised(statement: Statement, part = 0) {
  const account = statement.accounts[part]
  return normaliseRows(
    { booked: account?.rows.map(({ row }) => row) ?? [], pending: account?.pending.map(({ row }) => row) ?? [] },
    { institutionId: 'a-file', today: '2026-12-31', timeZone: 'Europe/London', currency: account?.currency ?? 'GBP' },
  )
}

/** Day, amount, counterparty and text of each payment. */
export const payments = (statement: Statement, part = 0) =>
  normalised(statement, part).rows.map(({ date, amountMinor, currency, counterparty, description }) => [
    date,
    `${amountMinor} ${currency}`,
    counterparty,
    description,
  ])

export const heldReasons = (statement: Statement, part = 0) =>
  normalised(statement, part).held.map(({ reason }) => reason)

export function refusal(attempt: () => unknown): StatementUnreadable {
  try {
    attempt()
  } catch (error) {
    if (error instanceof StatementUnreadable) return error
    throw error
  }
  throw new Error('was read')
}
