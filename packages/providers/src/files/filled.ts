import type { RawRow } from '../normalise/fields.ts'

/** Without the fields that say nothing. */
export function filled(fields: Readonly<Record<string, string>>): RawRow {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''))
}
