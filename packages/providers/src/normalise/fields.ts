import { clean } from '../identity/text.ts'

/** A row as the wire has it; every field may be missing or of another type than documented (§5). */
export type RawRow = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is RawRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field as cleaned text; '' where it is missing, a placeholder or not a text. */
export function textOf(row: RawRow, field: string): string {
  return asText(row[field])
}

/** As `textOf`, of the field's value: a property that is named where it is read is found several times as fast. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return clean(value)
  return typeof value === 'number' ? clean(String(value)) : ''
}

const NO_LINES: readonly string[] = []

/** The cleaned lines of an array of texts (or of one), without empty ones; a structure's text is its reference. */
export function linesOf(value: unknown): readonly string[] {
  if (value === undefined) return NO_LINES
  const lines: string[] = []
  for (const line of Array.isArray(value) ? value : [value]) {
    const text = isRecord(line) ? textOf(line, 'reference') : typeof line === 'string' ? clean(line) : ''
    if (text !== '') lines.push(text)
  }
  return lines
}

export function firstText(row: RawRow, fields: readonly string[]): string {
  for (const field of fields) {
    const text = textOf(row, field)
    if (text !== '') return text
  }
  return ''
}

const LINE_BREAK = /[\r\n\u2028\u2029]+/

/** First non-empty line of a text that may have several. */
export function firstLine(value: unknown): string {
  if (typeof value !== 'string') return ''
  if (!LINE_BREAK.test(value)) return clean(value)
  for (const line of value.split(LINE_BREAK)) if (clean(line) !== '') return clean(line)
  return ''
}
