// Statement files → neutral rows: pure functions on bytes, in Node (character sets, CSV and XML parsers).
export { type CsvPreset, csvPresets } from './csv/presets.ts'
export type { CsvColumn, CsvDescription } from './csv/read-csv.ts'
export { type ColumnRole, type CsvMapping, columnRoles } from './csv/roles.ts'
export type { Suggestion } from './csv/suggest.ts'
export { describeCsv, readStatement, type Statement, type StatementOptions } from './read-statement.ts'
export { type Sniffed, sniffStatement } from './sniff.ts'
export {
  limits,
  type StatementAccount,
  type StatementBalance,
  type StatementErrorCode,
  type StatementFormat,
  type StatementIdentifiers,
  type StatementProblem,
  type StatementProblemCode,
  type StatementRow,
  StatementUnreadable,
  type StatementWindow,
  statementFormats,
} from './statement.ts'
export type { Encoding } from './text.ts'
