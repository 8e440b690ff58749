import type { Answer } from './gocardless/errors.ts'
import { ProviderError, type ProviderFailure } from './provider-error.ts'

export type Fetch = typeof globalThis.fetch

export interface TransportLimits {
  /** For calls that the provider answers by itself. */
  timeoutMs: number
  /** For calls that ask the bank: slow ones take more than 20 s. */
  dataTimeoutMs: number
  maxBytes: number
}

export const defaultLimits: TransportLimits = { timeoutMs: 30_000, dataTimeoutMs: 120_000, maxBytes: 64 * 1024 * 1024 }

export type Deadline = (ms: number) => AbortSignal

export interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below the base URL, as the provider spells it. */
  path: string
  query?: Record<string, string>
  body?: object
  /** Beside those that every call has. */
  headers?: Readonly<Record<string, string>>
  /** Asks the bank, and costs quota if it succeeds. */
  data?: boolean
}

export interface Reply {
  bytes: Uint8Array<ArrayBuffer>
  /** What the bytes say: an object or a list. Throws ProviderError `bad_answer` where they are cut short within. */
  json(): object
  headers: Headers
  contentType: string
}

/** Whom a call goes to, and how. */
export interface Wire {
  baseUrl: string
  fetch: Fetch
  limits: TransportLimits
  /** Aborts after so long; real time unless told. */
  deadline?: Deadline | undefined
  /** Told of every answer's headers. */
  onHeaders(headers: Headers): void
  /** What an answer other than success means. */
  failureOf(answer: Answer): ProviderFailure
}

/**
 * One HTTP exchange. Gives only answers that succeeded and look like JSON from end to end: whatever else the bank said is
 * kept before anybody parses it. Throws ProviderError for everything else.
 */
export async function exchange(call: Call, wire: Wire, token?: string): Promise<Reply> {
  const url = new URL(`${wire.baseUrl}${call.path}`)
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
  const timeoutMs = call.data === true ? wire.limits.dataTimeoutMs : wire.limits.timeoutMs
  const signal = (wire.deadline ?? AbortSignal.timeout)(timeoutMs)
  const response = await send(url, call, wire.fetch, token, signal)
  wire.onHeaders(response.headers)
  const bytes = await read(response, call, wire.limits.maxBytes, signal)
  const contentType = response.headers.get('content-type') ?? ''
  if (!response.ok) throw refused(call, wire, response, bytes)
  const { status, headers } = response
  if (!saysJson(contentType) || !looksLikeJson(bytes)) throw badAnswer(call, status)
  const json = () => {
    const said = parsed(bytes)
    if (typeof said !== 'object' || said === null) throw badAnswer(call, status)
    return said
  }
  return { bytes, json, headers, contentType }
}

function badAnswer(call: Call, status: number): ProviderError {
  const failure = { code: 'bad_answer', action: 'retry_later', counted: false } as const
  return new ProviderError({ ...failure, spent: spentBy(call, 'unknown'), status })
}

const FIRST_AND_LAST: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/** Enough to tell JSON from a page of an edge or from an answer cut short, without parsing megabytes. */
function looksLikeJson(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()
  const tail = new TextDecoder().decode(bytes.subarray(-64)).trimEnd()
  const last = FIRST_AND_LAST[head.charAt(0)]
  return last !== undefined && tail.endsWith(last)
}

/** A page of an edge calls itself something else; an answer that does not say what it is may be JSON. */
const saysJson = (contentType: string) => contentType === '' || /^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/i.test(contentType)

/** Only calls that ask the bank cost anything. */
const spentBy = (call: Call, spent: boolean | 'unknown') => (call.data === true ? spent : false)

function send(url: URL, call: Call, fetch: Fetch, token: string | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) }
  // A redirect is never followed: it could carry the token elsewhere.
  return fetch(url, { method: call.method, headers, signal, redirect: 'manual', ...body }).catch((error: unknown) => {
    throw broken(call, error, signal)
  })
}

/** Failures before anything was sent: certainly not spent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function broken(call: Call, error: unknown, signal: AbortSignal): ProviderError {
  const code = signal.aborted ? 'timed_out' : 'unreachable'
  const spent = !signal.aborted && NEVER_SENT.has(causeOf(error)) ? false : spentBy(call, 'unknown')
  return new ProviderError({ code, action: 'retry_later', counted: false, spent }, { cause: error })
}

/** The system's code of a failed fetch; several addresses tried give an AggregateError. */
function causeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    at = 'cause' in at ? at.cause : undefined
  }
  return ''
}

async function read(
  response: Response,
  call: Call,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  // What comes is put in its place at once: a long answer in pieces and as a whole would be twice in memory. The length may be
  // another one, that of what was packed for the way.
  const length = Number(response.headers.get('content-length') ?? 0)
  let bytes = new Uint8Array(length > 0 ? Math.min(length, maxBytes) : 64 * 1024)
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      const end = size + chunk.byteLength
      if (end > maxBytes) throw tooLarge(call, response)
      if (end > bytes.length)
        bytes = joined([bytes.subarray(0, size)], Math.max(end, Math.min(2 * bytes.length, maxBytes)))
      bytes.set(chunk, size)
      size = end
    }
  } catch (error) {
    throw error instanceof ProviderError ? error : broken(call, error, signal)
  }
  return size === bytes.length ? bytes : bytes.slice(0, size)
}

export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function tooLarge(call: Call, response: Response): ProviderError {
  const failure = { code: 'answer_too_large', action: 'stop_and_tell_operator', counted: false } as const
  return new ProviderError({ ...failure, spent: spentBy(call, response.ok), status: response.status })
}

function refused(call: Call, wire: Wire, { status, headers }: Response, bytes: Uint8Array): ProviderError {
  const failure = wire.failureOf({ status, headers: [...headers], body: parsed(bytes) })
  return new ProviderError({ ...failure, spent: spentBy(call, failure.spent) })
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // Not JSON is an answer too: the caller decides by the status alone.
    return undefined
  }
}
