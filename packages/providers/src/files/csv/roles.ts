import type { Rest } from '@pf/contracts'
import { StatementUnreadable } from '../statement.ts'
import { columnNames, headerKey } from './table.ts'

export type CsvMapping = Rest.CsvMapping

/** What a column can say. `date` and the texts may name several columns: of dates the first that is filled counts. */
export const columnRoles = [
  'date',
  'value_date',
  'time',
  'amount',
  'debit',
  'credit',
  'sign',
  'fee',
  'currency',
  'description',
  'counterparty',
  'payee',
  'payer',
  'counterparty_account',
  'id',
  'balance',
  'type',
  'state',
  'account',
  'sort_code',
  'product',
  'original_amount',
  'original_currency',
  'rate',
] as const
export type ColumnRole = (typeof columnRoles)[number]

/** Positions of the columns by role, in the order of the mapping. */
export type Columns = Readonly<Partial<Record<ColumnRole, readonly number[]>>>

/** Throws StatementUnreadable for a role or a column that is not there, and where the least that a payment needs is missing. */
export function resolveColumns(mapping: CsvMapping, header: readonly string[] | undefined, width: number): Columns {
  const positions = positionsOf(header, width)
  const columns: Partial<Record<ColumnRole, readonly number[]>> = {}
  for (const [role, named] of Object.entries(mapping.columns)) {
    if (!isRole(role)) throw invalid(`the role ${JSON.stringify(role)}`, `one of ${columnRoles.join(', ')}`)
    const names = (Array.isArray(named) ? named : [named]).filter((name) => name !== '')
    if (names.length === 0) continue
    columns[role] = names.map((name) => {
      const at = positions(name)
      if (at === undefined) throw invalid(`a column for ${role} that the file does not have`, 'a name of its header')
      return at
    })
  }
  if (columns.date === undefined) throw invalid('no column for the date', 'columns.date')
  if (columns.amount === undefined && columns.debit === undefined && columns.credit === undefined) {
    throw invalid('no column for the amount', 'columns.amount, or columns.debit and columns.credit')
  }
  return columns
}

export function invalid(found: string, expected: string): StatementUnreadable {
  return new StatementUnreadable({ code: 'mapping_invalid', found, expected, todo: 'correct the mapping' })
}

function isRole(role: string): role is ColumnRole {
  return (columnRoles as readonly string[]).includes(role)
}

/** A column by its exact name, by its name as people compare names, or by its number from 0. */
function positionsOf(header: readonly string[] | undefined, width: number): (name: string) => number | undefined {
  const names = columnNames(header ?? [])
  const exact = new Map(names.map((name, i) => [name, i] as const))
  const loose = new Map([...names.entries()].reverse().map(([i, name]) => [headerKey(name), i] as const))
  return (name) => {
    const byName = exact.get(name) ?? loose.get(headerKey(name))
    if (byName !== undefined) return byName
    const number = /^\d{1,3}$/.test(name) ? Number(name) : undefined
    return number !== undefined && number < width ? number : undefined
  }
}
