/** An error of the wire: `status` and the exact body (gocardless.md §1.4, §2.3–2.5). */
export class WireError extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(`the wire answers ${status}`)
    this.name = 'WireError'
    this.status = status
    this.body = { ...body, status_code: status }
    this.headers = headers
  }
}

/** An account's record that stands in place of an error, without the envelope (AccountStateError, §2.5). */
export class RecordError extends WireError {
  override readonly body: Record<string, unknown>

  constructor(status: number, record: Record<string, unknown>) {
    super(status, record)
    this.name = 'RecordError'
    this.body = record
  }
}

export type Complaint = { summary: string; detail: string }

/** `type` only where the error comes from the bank's side. */
export function refusal(status: number, summary: string, detail: string, type?: string): WireError {
  return new WireError(status, { summary, detail, ...(type !== undefined && { type }) })
}

/** A 400 keyed by its field; `list` where the wire wraps the complaint into an array. */
export function fieldError(field: string, complaint: Complaint, list = false): WireError {
  return new WireError(400, { [field]: list ? [complaint] : complaint })
}

/** A 400 of plain sentences by field, as the wire gives for missing and malformed values. */
export function fieldsError(sentences: Record<string, string[]>): WireError {
  return new WireError(400, sentences)
}

export const notFound = () => refusal(404, 'Not found.', 'Not found.')
export const invalidToken = () => refusal(401, 'Invalid token', 'Token is invalid or expired')
export const authenticationFailed = () =>
  refusal(401, 'Authentication failed', 'No active account found with the given credentials')
export const invalidUuid = (found: string) => refusal(400, 'Invalid ID', `${found} is not a valid UUID.`)
export const methodNotAllowed = (method: string) =>
  refusal(405, `Method "${method}" not allowed.`, `Method "${method}" not allowed.`)
export const unknownFields = (fields: readonly string[], place: 'query' | 'body') =>
  refusal(400, 'Unknown fields', `Unknown fields {${fields.join(', ')}} in {${place}}`)

export const paymentRequired = () => refusal(402, 'Payment Required', 'Free usage limit exceeded')

export const rateLimited = (limit: string, seconds: number) =>
  refusal(
    429,
    'Rate limit exceeded',
    `The rate limit for this resource is ${limit}. Please try again in ${seconds} seconds`,
  )

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return UUID.test(text)
}
