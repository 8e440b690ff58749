import { Injectable, inject } from '@angular/core'
import { takeEarly } from './early.ts'
import { offline, readProblem } from './problem.ts'
import { Session } from './session.ts'

export type Query = Record<string, string | number | undefined>

/** `logPosition`: wait (server side, at most 5 s) until the answer has seen it. */
export type Ask = { signal?: AbortSignal; logPosition?: string }

export type Answer<T> = { body: T; status: number; logPosition: string | undefined }

/** Over what a change may go: the revision that was read, or nothing that is there already. */
export type Condition = { 'If-Match': string } | { 'If-None-Match': '*' }

type Request = Ask & { method: string; query?: Query; body?: unknown; open?: boolean; condition?: Condition }

/**
 * The only door to the API: same origin, `/api`. Adds the token, an idempotency key to each command, and turns every
 * failure into a `Problem`. A refused token is refreshed once and the call repeated once.
 */
@Injectable({ providedIn: 'root' })
export class Http {
  readonly #session = inject(Session)

  async get<T>(path: string, query?: Query, ask: Ask = {}): Promise<T> {
    return (await this.#send<T>(path, { ...ask, method: 'GET', query })).body
  }

  /** A file, whole. */
  async getFile(path: string, query?: Query, ask: Ask = {}): Promise<Blob> {
    return (await this.#answered(path, { ...ask, method: 'GET', query })).blob()
  }

  post<T>(path: string, body?: unknown, ask: Ask = {}): Promise<Answer<T>> {
    return this.#send<T>(path, { ...ask, method: 'POST', body })
  }

  put<T>(path: string, body: unknown, condition?: Condition): Promise<Answer<T>> {
    return this.#send<T>(path, { method: 'PUT', body, condition })
  }

  patch<T>(path: string, body: unknown, ask: Ask = {}): Promise<Answer<T>> {
    return this.#send<T>(path, { ...ask, method: 'PATCH', body })
  }

  delete(path: string, query?: Query, body?: unknown): Promise<Answer<void>> {
    return this.#send<void>(path, { method: 'DELETE', query, body })
  }

  /** A POST that is made by somebody who is not signed in: register, log in. */
  async postOpen<T>(path: string, body: unknown): Promise<T> {
    return (await this.#send<T>(path, { method: 'POST', body, open: true })).body
  }

  async #send<T>(path: string, request: Request): Promise<Answer<T>> {
    const response = await this.#answered(path, request)
    const text = response.status === 204 ? '' : await response.text()
    const body = (text === '' ? undefined : JSON.parse(text)) as T
    return { body, status: response.status, logPosition: response.headers.get('log-position') ?? undefined }
  }

  async #answered(path: string, request: Request): Promise<Response> {
    const key = request.method === 'GET' ? undefined : crypto.randomUUID()
    const token = request.open ? undefined : await this.#session.token()
    const early = isPlain(request) ? await takeEarly(path + toSearch(request.query)) : undefined
    let response = early ?? (await this.#fetch(path, request, key, token))
    if (!request.open && (await isTokenRefused(response))) {
      const fresh = await this.#session.refresh()
      if (fresh !== undefined) response = await this.#fetch(path, request, key, fresh)
    }
    if (!response.ok) throw await readProblem(response)
    return response
  }

  async #fetch(path: string, request: Request, key?: string, token?: string): Promise<Response> {
    const headers = new Headers({ Accept: 'application/json' })
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
    if (key !== undefined) headers.set('Idempotency-Key', key)
    if (request.logPosition !== undefined) headers.set('Log-Position', request.logPosition)
    for (const [name, value] of Object.entries(request.condition ?? {})) headers.set(name, value)
    const form = request.body instanceof FormData ? request.body : undefined
    // A form's own type carries its boundary: the browser sets it.
    if (request.body !== undefined && form === undefined) headers.set('Content-Type', 'application/json')
    const body = form ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
    try {
      const { method, signal } = request
      return await fetch(`/api${path}${toSearch(request.query)}`, {
        method,
        headers,
        body,
        signal,
        credentials: 'same-origin',
      })
    } catch (error) {
      if (request.signal?.aborted) throw error
      throw offline()
    }
  }
}

/** A question like those that are asked before the app is there. */
const isPlain = ({ method, open, logPosition }: Request): boolean =>
  method === 'GET' && !open && logPosition === undefined

/** A wrong password is a 401 as well, and no new token makes it right: said again it would count as two guesses. */
const isTokenRefused = async (response: Response): Promise<boolean> =>
  response.status === 401 && (await readProblem(response.clone())).code === 'unauthenticated'

/** `?a=1&b=2` of what is set, if only to nothing (`merchant=` asks for rows of nobody); empty where nothing is. */
export function toSearch(query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search}`
}
