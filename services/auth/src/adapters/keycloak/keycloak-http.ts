import { DomainError } from '@pf/contracts'
import type { Clock } from '@pf/eventing'
import type { LastCall } from '../../application/identity-provider.ts'

/** Keycloak hashes a password in a quarter of a second; five seconds are a Keycloak in trouble. */
const timeoutMs = 5_000

export type Answer = { status: number; body: unknown; location: string | undefined }

/** One realm over HTTP. An answer of 500 and more, or none, is a provider that is away: `unavailable`. */
export class KeycloakHttp {
  readonly #base: string
  readonly #clock: Clock
  #lastCall: LastCall | undefined

  /** `base`: where this process reaches Keycloak. */
  constructor(base: string, clock: Clock) {
    this.#base = base
    this.#clock = clock
  }

  /** Undefined until it was asked once. */
  get lastCall(): LastCall | undefined {
    return this.#lastCall
  }

  async ask(
    method: string,
    path: string,
    options: { body?: string | URLSearchParams; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    try {
      const answer = await this.#ask(method, path, options)
      this.#note(true)
      return answer
    } catch (cause) {
      this.#note(false)
      throw away(cause)
    }
  }

  async #ask(method: string, path: string, options: RequestInit): Promise<Answer> {
    const answer = await fetch(`${this.#base}${path}`, {
      method,
      ...options,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    if (answer.status >= 500) throw new Error(`Keycloak answered ${answer.status} to ${method} ${path}.`)
    return { status: answer.status, body: readJson(text), location: answer.headers.get('location') ?? undefined }
  }

  #note(answered: boolean): void {
    this.#lastCall = { at: this.#clock.now().toISOString(), answered }
  }
}

/** Whether it may answer the same question later. */
export const isAway = (error: unknown): boolean => error instanceof DomainError && error.code === 'unavailable'

const away = (cause: unknown) =>
  new DomainError('unavailable', 'Keycloak does not answer, and nobody can be signed in without it. Try again soon.', {
    retryAfterSeconds: 5,
    cause,
  })

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
