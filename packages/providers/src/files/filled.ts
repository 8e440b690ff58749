import type { RawRow } from '../normalise/fields.ts'

/** Without the fields that say nothing. */
export function filled(fields: Readonly<Record<string, string>>): RawRow {
  const kept: Record<string, string> = {}
  for (const name in fields) {
    const text = fields[name]
    if (text !== undefined && text !== '') kept[name] = text
  }
  return kept
}
