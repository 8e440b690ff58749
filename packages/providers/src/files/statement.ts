import type { RawRow } from '../normalise/fields.ts'

export const statementFormats = ['csv', 'ofx', 'qif', 'camt053', 'mt940'] as const
export type StatementFormat = (typeof statementFormats)[number]

/** By what an account is known again; whatever the file names. A card's number is masked here already. */
export interface StatementIdentifiers {
  iban?: string
  bban?: string
  /** UK: sort code (6 digits) and account number (8). */
  sortCodeAccount?: string
  maskedPan?: string
  /** Known to this bank only; of use within its files. */
  other?: string
}

export interface StatementRow {
  /** The row as the file has it: its lines, or its element. */
  raw: string
  /** The same in the neutral shape, for the normaliser. What could not be read stands as it came, so that it is held. */
  row: RawRow
}

export interface StatementBalance {
  type: 'opening' | 'closing'
  date: string
  amount: string
  currency?: string
}

/** The days that a file covers, both included. */
export interface StatementWindow {
  from: string
  to: string
}

export interface StatementAccount {
  identifiers: StatementIdentifiers
  currency?: string
  name?: string
  institution?: string
  bic?: string
  /** Booked, in the order of the file. */
  rows: StatementRow[]
  pending: StatementRow[]
  balances: StatementBalance[]
  /** What the file states, else from the first row's day to the last one's; undefined where there is neither. */
  window?: StatementWindow
}

/** What of the file was not taken, or how it was understood: one per kind, with the first line and the number of cases. */
export interface StatementProblem {
  line: number | null
  code: StatementProblemCode
  detail: string
}

export type StatementProblemCode =
  /** Not readable until a mapping says more. */
  | 'mapping_needed'
  | 'date_format_ambiguous'
  | 'date_format_mixed'
  | 'amount_format_mixed'
  | 'sign_unclear'
  /** Read, without these. */
  | 'lines_skipped'
  | 'not_payments_skipped'
  | 'state_unknown'
  | 'row_damaged'
  | 'other_sections_skipped'
  | 'opening_balance'
  | 'batch_not_split'

export interface StatementError {
  code: StatementErrorCode
  found: string
  expected: string
  todo: string
}

export type StatementErrorCode =
  | 'empty'
  | 'too_large'
  | 'too_many_rows'
  | 'not_text'
  | 'encrypted'
  | 'format_unknown'
  | 'damaged'
  | 'unsafe_xml'
  | 'mapping_invalid'

/** A file of which nothing can be read. Says nothing of what stands in it. */
export class StatementUnreadable extends Error {
  readonly code: StatementErrorCode
  readonly found: string
  readonly expected: string
  readonly todo: string

  constructor({ code, found, expected, todo }: StatementError) {
    super(`${code}: found ${found}, expected ${expected}; ${todo}`)
    this.name = 'StatementUnreadable'
    this.code = code
    this.found = found
    this.expected = expected
    this.todo = todo
  }
}

export const limits = {
  bytes: 50 * 1024 * 1024,
  /** Of XML, which is slow to read: about 60,000 entries. */
  xmlCharacters: 25 * 1024 * 1024,
  /** A hundred payments a day for more than ten years. */
  rows: 500_000,
} as const

/** Gathers problems: of each kind the first line, and how often. */
export class Problems {
  readonly #found = new Map<StatementProblemCode, { line: number | null; count: number; detail: string }>()

  /** `detail` says what was done about it and must not quote the file. */
  add(code: StatementProblemCode, line: number | null, detail: string): void {
    const known = this.#found.get(code)
    if (known === undefined) this.#found.set(code, { line, count: 1, detail })
    else known.count++
  }

  list(): StatementProblem[] {
    return [...this.#found].map(([code, { line, count, detail }]) => ({
      line,
      code,
      detail: count === 1 ? detail : `${detail} (${count} times)`,
    }))
  }
}

export function checkRowCount(count: number): void {
  if (count <= limits.rows) return
  throw new StatementUnreadable({
    code: 'too_many_rows',
    found: `more than ${limits.rows} rows`,
    expected: `at most ${limits.rows}`,
    todo: 'ask the bank for shorter periods and take one file after the other',
  })
}
