import { refuse } from '@pf/contracts'

type Sort = '-date' | 'date'
export type Cursor = { sort: Sort; date: string; id: string }

/** Opaque to who carries it. */
export const encodeCursor = ({ sort, date, id }: Cursor): string =>
  Buffer.from(JSON.stringify([1, sort, date, id])).toString('base64url')

/** Throws `invalid_input` where it is not one of ours, or of a list in another order. */
export function decodeCursor(cursor: string, sort: Sort): { date: string; id: string } {
  const wrong = refuse('invalid_input', '/cursor is not one that this list handed out; begin again without a cursor.')
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw wrong
  }
  if (!Array.isArray(parts) || parts.length !== 4) throw wrong
  const [version, order, date, id] = parts as unknown[]
  const fits = version === 1 && order === sort && matches(date, /^\d{4}-\d{2}-\d{2}$/) && matches(id, /^[0-9a-f-]{36}$/)
  if (!fits) throw wrong
  return { date: String(date), id: String(id) }
}

const matches = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value)
