import { parse } from 'csv-parse/sync'
import { checkRowCount, StatementUnreadable } from '../statement.ts'

export interface CsvRecord {
  /** Trimmed. */
  cells: readonly string[]
  /** Its text in the file. */
  raw: string
  /** Of its first character, from 1. */
  line: number
}

/** All records of a text, empty ones left out. What of them is heading and what is payment is not known yet. */
export interface CsvTable {
  delimiter: string
  records: readonly CsvRecord[]
}

const DELIMITERS = [',', ';', '\t', '|']
const SAMPLE_CHARACTERS = 64 * 1024
/** Longer than any line of a statement: a quotation mark that is never closed must not eat the file. */
const MAX_RECORD = 1024 * 1024

/** Throws StatementUnreadable where the quotation marks do not add up. */
export function readTable(text: string, delimiter?: string): CsvTable {
  // Excel writes its delimiter into a first line of its own.
  const stated = /^sep=(.)\r?\n/i.exec(text)
  const mark = delimiter ?? stated?.[1] ?? likelyDelimiter(text)
  const body = stated === null ? text : text.slice(stated[0].length)
  return { delimiter: mark, records: recordsOf(body, mark, stated === null ? 0 : 1) }
}

function recordsOf(text: string, delimiter: string, linesBefore: number): CsvRecord[] {
  const records: CsvRecord[] = []
  for (const { record, raw, line } of parsed(text, delimiter)) {
    if (record.every((cell) => cell === '')) continue
    const own = raw.replace(/[\r\n]+$/, '')
    records.push({ cells: record, raw: own, line: linesBefore + line - lineBreaks(own) })
  }
  checkRowCount(records.length)
  return records
}

function lineBreaks(text: string): number {
  return text.includes('\n') || text.includes('\r') ? text.split(/\r\n|\r|\n/).length - 1 : 0
}

interface Parsed {
  record: string[]
  raw: string
  /** Of its end. */
  line: number
}

function parsed(text: string, delimiter: string): Parsed[] {
  const found: Parsed[] = []
  try {
    parse(text, {
      delimiter,
      raw: true,
      // Taken here: what the parser counts beside each record would double the memory.
      on_record(stated, { lines }) {
        // With `raw`, which the parser's types leave out.
        const { record, raw } = stated as unknown as { record: string[]; raw: string }
        found.push({ record, raw, line: lines })
        return null
      },
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: MAX_RECORD,
    })
    return found
  } catch (error) {
    // The parser's message quotes the file.
    const { code, lines } = error as { code?: string; lines?: number }
    throw new StatementUnreadable({
      code: 'damaged',
      found: `${code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quotation mark that is not closed' : 'a broken record'}${lines === undefined ? '' : ` near line ${lines}`}`,
      expected: 'records as RFC 4180 has them',
      todo: 'export the statement again, without editing it in between',
    })
  }
}

/** The one that cuts most records into the same number of columns, and into more of them. */
function likelyDelimiter(text: string): string {
  const sample = text.length <= SAMPLE_CHARACTERS ? text : wholeLines(text.slice(0, SAMPLE_CHARACTERS))
  let best = { delimiter: ',', score: -1 }
  for (const delimiter of DELIMITERS) {
    if (!sample.includes(delimiter)) continue
    const score = scoreOf(sample, delimiter)
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}

function wholeLines(text: string): string {
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
  return end > 0 ? text.slice(0, end + 1) : text
}

function scoreOf(sample: string, delimiter: string): number {
  const counts = new Map<number, number>()
  for (const columns of columnCounts(sample, delimiter)) counts.set(columns, (counts.get(columns) ?? 0) + 1)
  let score = 0
  for (const [columns, count] of counts) score = Math.max(score, (columns - 1) * count)
  return score
}

function columnCounts(sample: string, delimiter: string): number[] {
  try {
    return parsed(sample, delimiter).map(({ record }) => record.length)
  } catch {
    // Cut within a quoted cell, or quoted by another delimiter's rules: counting is enough to choose by.
    return sample.split(/\r\n|\r|\n/).map((line) => line.split(delimiter).length)
  }
}

/** How a name is compared: without case, marks around it, repeated blanks and the currency in brackets. */
export function headerKey(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\s*\((?:[A-Z]{3}|[€£$])\)\s*$/i, '')
    .replace(/[\s_]+/g, ' ')
    .replace(/^[\s'"*]+|[\s'":*]+$/g, '')
    .toLowerCase()
}

/** The currency that a header names in brackets: `Amount (GBP)`. */
export function headerCurrency(name: string): string | undefined {
  const found = /\(([A-Z]{3}|[€£])\)\s*$/.exec(name)?.[1]
  if (found === '€') return 'EUR'
  return found === '£' ? 'GBP' : found
}

/** Names to refer to columns by: unique, also where a header repeats one or has none. */
export function columnNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((name, i) => {
    const plain = name === '' ? `Column ${i + 1}` : name
    const times = (seen.get(plain) ?? 0) + 1
    seen.set(plain, times)
    return times === 1 ? plain : `${plain} (${times})`
  })
}
