import { ProviderError } from '../provider-error.ts'
import { failureOf } from './errors.ts'

export type Fetch = typeof globalThis.fetch

export interface TransportLimits {
  /** For calls that the provider answers by itself. */
  timeoutMs: number
  /** For calls that ask the bank: slow ones take more than 20 s. */
  dataTimeoutMs: number
  maxBytes: number
}

export const defaultLimits: TransportLimits = { timeoutMs: 30_000, dataTimeoutMs: 120_000, maxBytes: 64 * 1024 * 1024 }

export interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below the base URL, with its trailing slash. */
  path: string
  query?: Record<string, string>
  body?: object
  /** Asks the bank, and costs quota if it succeeds. */
  data?: boolean
}

export interface Reply {
  bytes: Uint8Array<ArrayBuffer>
  headers: Headers
  contentType: string
}

/** One HTTP exchange. Gives only answers that succeeded and look like JSON; throws ProviderError for everything else. */
export async function exchange(
  call: Call,
  options: {
    baseUrl: string
    token?: string
    fetch: Fetch
    limits: TransportLimits
    onHeaders(headers: Headers): void
  },
): Promise<Reply> {
  const url = new URL(`${options.baseUrl}${call.path}`)
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
  const timeoutMs = call.data === true ? options.limits.dataTimeoutMs : options.limits.timeoutMs
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await send(url, call, options, signal)
  options.onHeaders(response.headers)
  const bytes = await read(response, call, options.limits.maxBytes, signal)
  const contentType = response.headers.get('content-type') ?? ''
  if (!response.ok) throw refused(call, response.status, response.headers, bytes)
  if (!looksLikeJson(bytes)) {
    throw new ProviderError({
      ...{ code: 'bad_answer', action: 'retry_later', counted: false, spent: spentBy(call, 'unknown') },
      status: response.status,
    })
  }
  return { bytes, headers: response.headers, contentType }
}

/** Only calls that ask the bank cost anything. */
const spentBy = (call: Call, spent: boolean | 'unknown') => (call.data === true ? spent : false)

function send(url: URL, call: Call, options: { token?: string; fetch: Fetch }, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) }
  // A redirect is never followed: it could carry the token elsewhere.
  return options
    .fetch(url, { method: call.method, headers, signal, redirect: 'manual', ...body })
    .catch((error: unknown) => {
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
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge(call, response)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof ProviderError ? error : broken(call, error, signal)
  }
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

function refused(call: Call, status: number, headers: Headers, bytes: Uint8Array): ProviderError {
  const failure = failureOf({ status, headers: [...headers], body: parsed(bytes) })
  return new ProviderError({ ...failure, spent: spentBy(call, failure.spent) })
}

export function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // Not JSON is an answer too: the caller decides by the status alone.
    return undefined
  }
}

const FIRST_AND_LAST: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/** Enough to tell JSON from a page of an edge or from an answer cut short, without parsing megabytes. */
function looksLikeJson(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()
  const tail = new TextDecoder().decode(bytes.subarray(-64)).trimEnd()
  const last = FIRST_AND_LAST[head.charAt(0)]
  return last !== undefined && tail.endsWith(last)
}
