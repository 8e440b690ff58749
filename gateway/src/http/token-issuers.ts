import { requests, type TokenIssuer } from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'

/** At most this often are the keys asked for again because a token names one that is not known. */
const refetchMs = 10_000
/** A key that was taken back is not believed for longer than this, where auth can be asked. */
const freshMs = 300_000
/** How far the clocks of issuer and gateway may differ. */
const skewSeconds = 30

type Issuer = Omit<TokenIssuer, 'keys'> & { keySet: ReturnType<typeof createLocalJWKSet> }

/** What a token has to say: one of ours whose it is, another's at least whom its issuer means. */
const ownClaims = ['sub', 'exp', 'sid', 'space', 'roles']
const foreignClaims = ['sub', 'exp', 'sid']

/** `asked`: the claims do not say whose among us the token is. */
export type Checked = { claims: JWTPayload; asked: boolean }

/** Whose tokens are good, and by which keys. What was heard once holds for as long as auth is away. */
export class TokenIssuers {
  readonly #bus: Pick<Bus, 'call'>
  readonly #now: () => number
  #issuers: ReadonlyMap<string, Issuer> | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined

  constructor(bus: Pick<Bus, 'call'>, now: () => number) {
    this.#bus = bus
    this.#now = now
  }

  /** The claims of a token that one of the issuers signed, of its audience, unexpired; undefined of any other. */
  async verify(token: string): Promise<Checked | undefined> {
    if (this.#issuers === undefined) await this.#ask()
    const verdict = await this.#verdict(token)
    if (verdict !== 'unknown key') return verdict
    if (this.#asking !== undefined || this.#now() - this.#askedAt > refetchMs) await this.#ask()
    const again = await this.#verdict(token)
    return again === 'unknown key' ? undefined : again
  }

  /** Asks again where it is time to. Throws what the bus throws; what was known stays. */
  async keepFresh(): Promise<void> {
    if (this.#issuers !== undefined && this.#now() - this.#askedAt > freshMs) await this.#ask()
  }

  async #verdict(token: string): Promise<Checked | undefined | 'unknown key'> {
    const issuer = this.#issuers?.get(issuerNamedBy(token) ?? '')
    if (issuer === undefined) return undefined
    try {
      const { payload } = await jwtVerify(token, issuer.keySet, {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: issuer.algorithms,
        ...(issuer.type === undefined ? {} : { typ: issuer.type }),
        clockTolerance: skewSeconds,
        currentDate: new Date(this.#now()),
        requiredClaims: issuer.asked ? foreignClaims : ownClaims,
      })
      return { claims: payload, asked: issuer.asked === true }
    } catch (error) {
      return error instanceof errors.JWKSNoMatchingKey ? 'unknown key' : undefined
    }
  }

  /** However many ask at once, auth is asked once. */
  #ask(): Promise<void> {
    this.#asking ??= this.#read().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #read(): Promise<void> {
    this.#askedAt = this.#now()
    const { issuers } = await this.#bus.call(requests.auth.keys, {}, {})
    this.#issuers = new Map(
      issuers.map(({ keys, ...issuer }) => [
        issuer.issuer,
        { ...issuer, keySet: createLocalJWKSet({ keys } as JSONWebKeySet) },
      ]),
    )
  }
}

/** As the token says it, unproven: it only chooses whose keys have to prove it. */
function issuerNamedBy(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
