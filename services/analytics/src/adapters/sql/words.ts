import { messageOf } from '../duckdb.ts'
import type { SqlRefusal } from './protocol.ts'

/** The owner's SQL cannot be answered: why, and what to do, in words. */
export class SqlRefused extends Error {
  readonly code: SqlRefusal

  constructor(code: SqlRefusal, detail: string) {
    super(detail)
    this.name = 'SqlRefused'
    this.code = code
  }
}

/** As DuckDB writes it with `errors_as_json`, behind a prefix or not. */
type Said = { exception_type?: string; exception_message?: string; position?: string; type?: string }

const longest = 1000
const noMemory = 'It takes more memory than a question may. Ask for fewer rows or columns, or add them up first.'

export const tooLarge = (): SqlRefused => new SqlRefused('query_too_large', noMemory)

/** What DuckDB said of the owner's SQL; its position becomes line and column. */
export function refusalOf(sql: string, error: unknown): SqlRefused {
  if (error instanceof SqlRefused) return error
  const { exception_type: kind, exception_message: message, position, type } = saidBy(messageOf(error))
  if (kind === 'Out of Memory') return tooLarge()
  if (kind === 'Interrupt') return new SqlRefused('query_timeout', 'It was stopped before it had an answer.')
  if (kind === 'Permission') return new SqlRefused('query_invalid', `${placeOf(sql, position)}${noFiles}`)
  // Not a word of what broke inside: it may name the files of this machine.
  if (kind === undefined || ['INTERNAL', 'FATAL', 'IO'].includes(kind))
    return new SqlRefused('query_invalid', 'Expected one SELECT, found nothing that DuckDB could run as one.')
  const words = sentence(String(message).slice(0, longest))
  const hint = kind === 'Catalog' && type === 'Table' ? ' GET /analytics/datasets lists the tables.' : ''
  return new SqlRefused('query_invalid', `${placeOf(sql, position)}${words}${hint}`)
}

const noFiles = 'Files, other databases and the network cannot be reached from here; the tables of the marts can.'

function saidBy(text: string): Said {
  const start = text.indexOf('{')
  if (start < 0) return {}
  try {
    return JSON.parse(text.slice(start)) as Said
  } catch {
    // Some errors are plain text: then nothing is known of their kind.
    return {}
  }
}

const sentence = (message: string): string => {
  const words = message.trim().replaceAll(/\s*\n\s*/g, ' ')
  return /[.!?]$/.test(words) ? words : `${words}.`
}

/** `position` counts bytes. */
export function placeOf(sql: string, position: string | number | undefined): string {
  const at = Number(position)
  if (position === undefined || !Number.isInteger(at) || at < 0) return ''
  const before = Buffer.from(sql).subarray(0, at).toString().split('\n')
  return `Line ${before.length}, column ${[...before.at(-1)!].length + 1}: `
}
