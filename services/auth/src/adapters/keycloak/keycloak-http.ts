import { DomainError } from '@pf/contracts'

/** Keycloak hashes a password in a quarter of a second; five seconds are a Keycloak in trouble. */
const timeoutMs = 5_000

export type Answer = { status: number; body: unknown; location: string | undefined }

/** One realm over HTTP. An answer of 500 and more, or none, is a provider that is away: `unavailable`. */
export class KeycloakHttp {
  readonly #base: string

  /** `base`: where this process reaches Keycloak. */
  constructor(base: string) {
    this.#base = base
  }

  async ask(
    method: string,
    path: string,
    options: { body?: string | URLSearchParams; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    let answer: Response
    let text: string
    try {
      answer = await fetch(`${this.#base}${path}`, {
        method,
        ...options,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      text = await answer.text()
    } catch (cause) {
      throw away(cause)
    }
    if (answer.status >= 500) throw away(new Error(`Keycloak answered ${answer.status} to ${method} ${path}.`))
    return { status: answer.status, body: readJson(text), location: answer.headers.get('location') ?? undefined }
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
