import { DomainError } from '@pf/contracts'
import { decodeJwt } from 'jose'
import type { Answer, KeycloakHttp } from './keycloak-http.ts'
import type { KeycloakSettings } from './keycloak-settings.ts'

/** What Keycloak issued, and whose it is. */
export type Issued = {
  issuer: string
  subject: string
  /** Keycloak's id of the session. */
  sid: string
  username: string
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
  refreshExpiresInSeconds: number
}

/** Keycloak's token endpoint, asked as the confidential client `gateway`. */
export class KeycloakTokens {
  readonly #http: KeycloakHttp
  readonly #place: string
  readonly #client: KeycloakSettings['gateway']

  constructor(http: KeycloakHttp, { realm, gateway }: Pick<KeycloakSettings, 'realm' | 'gateway'>) {
    this.#http = http
    this.#place = `/realms/${encodeURIComponent(realm)}/protocol/openid-connect`
    this.#client = gateway
  }

  /** Undefined where Keycloak refuses: an unknown name, a wrong password and a closed account are told as one. */
  byPassword(username: string, password: string): Promise<Issued | undefined> {
    return this.#grant({ grant_type: 'password', scope: 'openid', username, password })
  }

  /** Undefined where the session is over at Keycloak, or the token was used before. */
  byRefreshToken(refreshToken: string): Promise<Issued | undefined> {
    return this.#grant({ grant_type: 'refresh_token', refresh_token: refreshToken })
  }

  /** Public keys that sign. */
  async keys(): Promise<object[]> {
    const { status, body } = await this.#http.ask('GET', `${this.#place}/certs`)
    if (status !== 200) throw unexpected('its keys', { status, body })
    const { keys } = body as { keys: { use?: string }[] }
    return keys.filter(({ use }) => use === 'sig')
  }

  async #grant(form: Record<string, string>): Promise<Issued | undefined> {
    const { id: client_id, secret: client_secret } = this.#client
    const body = new URLSearchParams({ ...form, client_id, client_secret })
    const answer = await this.#http.ask('POST', `${this.#place}/token`, { body })
    if (answer.status === 200) return issued(answer.body as TokenAnswer)
    // 400 since Keycloak 26, 401 before; a refused client is 401 as well, and says so.
    if ((answer.body as { error?: string } | undefined)?.error === 'invalid_grant') return undefined
    throw unexpected('the token endpoint', answer)
  }
}

type TokenAnswer = { access_token: string; expires_in: number; refresh_token: string; refresh_expires_in: number }

/** Read, not checked: it comes from Keycloak itself, over the line that we called it by. */
function issued(answer: TokenAnswer): Issued {
  const { iss = '', sub = '', ...claims } = decodeJwt(answer.access_token)
  return {
    issuer: iss,
    subject: sub,
    sid: String(claims['sid'] ?? ''),
    username: String(claims['preferred_username'] ?? ''),
    accessToken: answer.access_token,
    expiresInSeconds: answer.expires_in,
    refreshToken: answer.refresh_token,
    refreshExpiresInSeconds: answer.refresh_expires_in,
  }
}

/** A realm or a client that is not set up as `deploy/keycloak` has it: for the log, and no business of who asked. */
export const unexpected = (what: string, { status, body }: Pick<Answer, 'status' | 'body'>) => {
  const { error = 'no word' } = (body ?? {}) as { error?: string }
  return new DomainError('unavailable', 'Signing in does not work here at the moment. Tell whoever runs this.', {
    retryAfterSeconds: 60,
    cause: new Error(`Keycloak: ${what} answered ${status} (${error}). Is the realm that of deploy/keycloak?`),
  })
}
