import { DomainError, type Rest } from '@pf/contracts'
import { readStatement, type Statement, StatementUnreadable } from '@pf/providers/files'

export type SaidOfStatement = {
  fileName?: string
  mapping?: Rest.CsvMapping | undefined
  format?: Statement['format']
}
export type OpenedStatement = { statement: Statement; mapping: Rest.CsvMapping | undefined }

/**
 * A file as its format has it. Throws `statement_unreadable`, `statement_too_large`. `known`: mappings that worked for
 * other files of this space, tried where none is given and the file's own columns are not clear.
 */
export function openStatement(
  bytes: Uint8Array,
  said: SaidOfStatement,
  known: readonly Rest.CsvMapping[] = [],
): OpenedStatement {
  const options = {
    ...(said.fileName === undefined ? {} : { name: said.fileName }),
    ...(said.format === undefined ? {} : { format: said.format }),
  }
  try {
    const given = said.mapping === undefined ? {} : { mapping: said.mapping }
    const statement = readStatement(bytes, { ...options, ...given })
    if (statement.readable) return { statement, mapping: said.mapping }
    for (const mapping of known) {
      const tried = attempt(() => readStatement(bytes, { ...options, mapping }))
      if (tried?.readable) return { statement: tried, mapping }
    }
    return { statement, mapping: undefined }
  } catch (error) {
    throw statementProblem(error)
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    // Another bank's columns: this mapping is not for this file.
    if (error instanceof StatementUnreadable) return undefined
    throw error
  }
}

function statementProblem(error: unknown): unknown {
  if (!(error instanceof StatementUnreadable)) return error
  const code =
    error.code === 'too_large' || error.code === 'too_many_rows' ? 'statement_too_large' : 'statement_unreadable'
  return new DomainError(code, `Found ${error.found}, expected ${error.expected}: ${error.todo}.`)
}
