import { DomainError } from '@pf/contracts'
import type { Clock } from '@pf/eventing'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { keycloakAlgorithms } from './keycloak-settings.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** Keycloak makes one as it sends it. Within this nobody may send it again; beyond, it is too old (or of a clock gone wrong). */
const lifeSeconds = 120
const skewSeconds = 30

/** Of whom it tells: one session, or (without `sid`) all of a person. */
export type LogoutWord = { subject: string | undefined; sid: string | undefined }

/** What Keycloak says of log-outs (OpenID Connect Back-Channel Logout 1.0, section 2.6), each once. */
export class LogoutTokens {
  readonly #issuer: string
  readonly #clients: string[]
  readonly #clock: Clock
  /** Ids heard, and until when. In this process' memory: a second replica may hear one again, and then ends nothing more. */
  readonly #heard = new Map<string, number>()

  constructor(expected: { issuer: string; clients: string[] }, clock: Clock) {
    this.#issuer = expected.issuer
    this.#clients = expected.clients
    this.#clock = clock
  }

  /** Throws logout_token_invalid, with a reason in words and nothing of the token. */
  async read(token: string, keys: object[]): Promise<LogoutWord> {
    const now = this.#clock.now()
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys } as JSONWebKeySet), {
      issuer: this.#issuer,
      audience: this.#clients,
      algorithms: keycloakAlgorithms,
      typ: 'logout+jwt',
      clockTolerance: skewSeconds,
      maxTokenAge: lifeSeconds,
      currentDate: now,
      requiredClaims: ['iat', 'jti', 'events'],
    }).catch((cause) => {
      throw invalid('It is not signed by this realm for one of our clients, or it is too old.', cause)
    })
    const { jti = '', sub, sid, nonce, events } = payload as Claims
    if (nonce !== undefined) throw invalid('It has a nonce, as an ID token has and a logout token never.')
    if (typeof events !== 'object' || events === null || typeof events[event] !== 'object')
      throw invalid('It does not say that it is about a log-out.')
    if (sub === undefined && sid === undefined) throw invalid('It names neither a session nor a person.')
    this.#once(jti, now.getTime())
    return { subject: sub, sid }
  }

  #once(jti: string, nowMs: number): void {
    for (const [known, until] of this.#heard) if (until < nowMs) this.#heard.delete(known)
    if (this.#heard.has(jti)) throw invalid('It was used before.')
    this.#heard.set(jti, nowMs + 1000 * (lifeSeconds + 2 * skewSeconds))
  }
}

type Claims = { jti?: string; sub?: string; sid?: string; nonce?: unknown; events?: Record<string, unknown> }

const invalid = (why: string, cause?: unknown) =>
  new DomainError('logout_token_invalid', `This logout token cannot be taken. ${why}`, { cause })
