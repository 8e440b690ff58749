import { readCamt053 } from './camt/read-camt053.ts'
import { type CsvColumn, type CsvDescription, describeTable, readCsv } from './csv/read-csv.ts'
import type { CsvMapping } from './csv/roles.ts'
import { readMt940 } from './mt940/read-mt940.ts'
import { readOfx } from './ofx/read-ofx.ts'
import { readQif } from './qif.ts'
import { sniffStatement } from './sniff.ts'
import { type Problems, type StatementAccount, type StatementFormat, type StatementProblem } from './statement.ts'
import { type Encoding, textOfFile } from './text.ts'

export interface StatementOptions {
  /** The file's name, where its contents do not tell what it is. */
  name?: string
  format?: StatementFormat
  /** Of a CSV; of its parts `date_format` and `decimal` also help to read a QIF. */
  mapping?: CsvMapping
  /** Of rows that name none. */
  currency?: string
}

export interface Statement {
  format: StatementFormat
  encoding: Encoding
  preset?: string
  /** False: a person has to say first how it is read (`problems` tell what); there are no accounts yet. */
  readable: boolean
  accounts: StatementAccount[]
  problems: StatementProblem[]
  /** Of a CSV: as it was read, or what is guessed so far. */
  mapping?: CsvMapping
  columns: CsvColumn[]
}

/** A statement file as neutral rows. Pure. Throws StatementUnreadable for what cannot be read by any mapping. */
export function readStatement(bytes: Uint8Array, options: StatementOptions = {}): Statement {
  const { format, text, encoding } =
    options.format === undefined
      ? sniffStatement(bytes, options.name)
      : { ...textOfFile(bytes), format: options.format }
  const { problems, ...read } = readAs(format, text, options)
  return { format, encoding, readable: true, columns: [], ...read, problems: problems.list() }
}

type Reading = { accounts: StatementAccount[]; problems: Problems } & Partial<
  Pick<Statement, 'preset' | 'readable' | 'mapping' | 'columns'>
>

function readAs(format: StatementFormat, text: string, { mapping, currency }: StatementOptions): Reading {
  switch (format) {
    case 'csv':
      return readCsv(text, mapping, currency)
    case 'ofx':
      return readOfx(text, currency)
    case 'qif':
      return readQif(text, mapping, currency)
    case 'camt053':
      return readCamt053(text, currency)
    case 'mt940':
      return readMt940(text, currency)
  }
}

/** A CSV for a person who is to say how it is read. Throws StatementUnreadable. */
export function describeCsv(bytes: Uint8Array, mapping?: CsvMapping): CsvDescription {
  return describeTable(textOfFile(bytes).text, mapping)
}
