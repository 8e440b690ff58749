import { isRecord, type RawRow } from '../normalise/fields.ts'

/** What an error body says, whichever of the forms of §1.4 it has. */
export interface ErrorEnvelope {
  summary: string
  detail: string
  /** Only for errors that come from the bank's side. */
  type: string
  /** Request fields that the errors are about. */
  fields: string[]
  /** Status of an account record that came instead of an error (409). */
  accountStatus: string
}

const ABOUT_THE_ANSWER = new Set(['summary', 'detail', 'type', 'status_code'])

/** `body`: parsed JSON, or anything else for a body that is none. */
export function errorEnvelopeOf(body: unknown): ErrorEnvelope {
  if (!isRecord(body)) return { summary: '', detail: '', type: '', fields: [], accountStatus: '' }
  if (typeof body['status'] === 'string' && !('summary' in body)) {
    return { summary: '', detail: '', type: '', fields: [], accountStatus: body['status'].toUpperCase() }
  }
  const fields = Object.keys(body).filter((key) => !ABOUT_THE_ANSWER.has(key))
  const nested = fields.flatMap((field) => entriesOf(body[field]))
  const pick = (key: 'summary' | 'detail') =>
    wordsOf(body[key]) || nested.map((entry) => wordsOf(entry[key])).find(Boolean) || ''
  return { summary: pick('summary'), detail: pick('detail'), type: wordsOf(body['type']), fields, accountStatus: '' }
}

/** An object, a list of objects, a list of texts or a bare text under a field's name. */
function entriesOf(value: unknown): RawRow[] {
  return (Array.isArray(value) ? value : [value]).flatMap((entry) => {
    if (typeof entry === 'string') return [{ summary: entry }]
    return isRecord(entry) ? [entry] : []
  })
}

function wordsOf(value: unknown): string {
  const words = Array.isArray(value) ? value.filter((word) => typeof word === 'string').join(' ') : value
  return typeof words === 'string' ? words.trim() : ''
}

/** A summary fit for logs: no ids, addresses, account numbers or quoted values in it, and short. */
export function withoutIds(summary: string): string | undefined {
  const plain = summary
    .replace(/[0-9a-f]{8}-[0-9a-f-]{20,}/gi, '{id}')
    .replace(/'[^']*'|"[^"]*"/g, '{value}')
    .replace(/\S+/g, (word) => {
      if (/.@./.test(word)) return '{address}'
      return /\d{3}/.test(word) ? '{number}' : word
    })
    .slice(0, 120)
  return plain === '' ? undefined : plain
}
