import { type InputOf, type Principal, requests } from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import type { JWTPayload } from 'jose'
import type { Speaker } from './from.ts'

/** As long is an answer of auth believed; what ended meanwhile is heard by the poll of ended sessions (tokens.ts). */
const knownMs = 60_000
/** The least recently seen are asked about again. */
const maxKept = 10_000

type Kept = { untilMs: number; principal: Promise<Principal> }

/**
 * Who somebody is whose token another provider signed: it names a person and a session there, and auth knows whom it means
 * here. Asked once a minute for each session, by which auth knows that it goes on.
 */
export class ForeignPrincipals {
  readonly #bus: Pick<Bus, 'call'>
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()

  constructor(bus: Pick<Bus, 'call'>, now: () => number) {
    this.#bus = bus
    this.#now = now
  }

  /** Of a token that was checked. Throws what auth throws. */
  of(claims: JWTPayload, from: Speaker = { address: '', userAgent: '' }): Promise<Principal> {
    const { iss: issuer = '', sub: subject = '' } = claims
    const said = { issuer, subject, sid: String(claims['sid']), roles: realmRoles(claims) }
    const key = JSON.stringify([issuer, subject, said.sid, said.roles])
    const kept = this.#kept.get(key)
    const current = kept !== undefined && kept.untilMs > this.#now() ? kept : this.#ask(key, { ...said, ...from })
    this.#kept.delete(key)
    this.#kept.set(key, current)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxKept) break
      this.#kept.delete(oldest)
    }
    return current.principal
  }

  #ask(key: string, said: InputOf<typeof requests.auth.principal>): Kept {
    const principal = this.#bus.call(requests.auth.principal, said, {}).catch((error) => {
      this.#kept.delete(key)
      throw error
    })
    return { untilMs: this.#now() + knownMs, principal }
  }
}

/** Keycloak's place for the roles of a realm. */
function realmRoles(claims: JWTPayload): string[] {
  const access = claims['realm_access']
  if (typeof access !== 'object' || access === null || !('roles' in access) || !Array.isArray(access.roles)) return []
  return access.roles.filter((role): role is string => typeof role === 'string').sort()
}
