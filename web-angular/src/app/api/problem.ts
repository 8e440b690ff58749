/** What `application/problem+json` (RFC 9457) holds here; `code` is stable and snake_case. */
export type ProblemDocument = {
  type?: string
  title?: string
  status: number
  detail?: string
  code: string
  errors?: { pointer: string; detail: string }[]
  /** Of `mfa_required`: what the second step is answered with. */
  mfa_token?: string
}

/**
 * A call that did not do what was asked. `code` is the server's, or one of our own: `offline` (the request never got an
 * answer) and `bad_answer` (an answer that is no problem document, e.g. a proxy's HTML page).
 */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly detail: string
  readonly errors: { pointer: string; detail: string }[]
  readonly retryAfterSeconds: number | undefined
  readonly mfaToken: string | undefined

  constructor(document: ProblemDocument, retryAfterSeconds?: number) {
    super(`${document.code}: ${document.detail ?? document.title ?? document.status}`)
    this.name = 'Problem'
    this.code = document.code
    this.status = document.status
    this.detail = document.detail ?? document.title ?? ''
    this.errors = document.errors ?? []
    this.retryAfterSeconds = retryAfterSeconds
    this.mfaToken = document.mfa_token
  }
}

export const offline = () => new Problem({ status: 0, code: 'offline', detail: 'The server did not answer.' })

/** Seconds of a `Retry-After` header: a number, or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null || value.trim() === '') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000))
}

/** Reads a failed answer; one that is no problem document still names its status. */
export async function readProblem(response: Response): Promise<Problem> {
  const after = retryAfter(response.headers.get('retry-after'), Date.now())
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false
  const body: unknown = isProblem ? await response.json().catch(() => undefined) : undefined
  if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
    return new Problem({ ...(body as ProblemDocument), status: response.status }, after)
  }
  return new Problem({ status: response.status, code: 'bad_answer', detail: `HTTP ${response.status}` }, after)
}

export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  throw error
}
