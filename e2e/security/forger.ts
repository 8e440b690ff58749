import { createHmac, createPrivateKey, createPublicKey, type JsonWebKey, sign } from 'node:crypto'
import { openPlatform, platformConfig } from '@pf/service-kit'
import { environmentOf } from '../src/replica.ts'
import type { System } from '../src/system.ts'

type Json = Record<string, unknown>
const encoded = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const decoded = (part: string | undefined): Json => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Json

/**
 * Makes tokens with the installation's own signing key, out of a genuine one: of each only the bent property is wrong, and
 * nothing but the check of that property can refuse it.
 */
export class Forger {
  readonly #header: Json
  readonly #claims: Json
  readonly #key: JsonWebKey

  private constructor(token: string, key: JsonWebKey) {
    const [header, claims] = token.split('.')
    this.#header = decoded(header)
    this.#claims = decoded(claims)
    this.#key = key
  }

  static async of(system: System, token: string): Promise<Forger> {
    const config = platformConfig(environmentOf(system.pidOf('services')))
    const platform = await openPlatform({ ...config, logLevel: 'silent' }, { name: 'auth' })
    try {
      const kid = String(decoded(token.split('.')[0])['kid'])
      const sql = 'select sealed_private_jwk as sealed from vault.signing_keys where kid = ?'
      const [row] = await platform.orm.em.fork().execute<{ sealed: Uint8Array }[]>(sql, [kid])
      if (row === undefined) throw new Error(`The vault has no signing key ${kid}.`)
      const plain = platform.secrets.open(`signing-key/${kid}`, row.sealed)
      return new Forger(token, JSON.parse(new TextDecoder().decode(plain)) as JsonWebKey)
    } finally {
      await platform.close()
    }
  }

  /** Properly signed; `claims` and `header` bend what it says. `undefined` leaves a member out. */
  signed(claims: Json = {}, header: Json = {}): string {
    const text = `${encoded({ ...this.#header, ...header })}.${encoded({ ...this.#claims, ...claims })}`
    const key = createPrivateKey({ key: this.#key, format: 'jwk' })
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }

  /** Says that nobody signed it. */
  unsigned(alg: string): string {
    return `${encoded({ ...this.#header, alg })}.${encoded(this.#claims)}.`
  }

  /** The public key, which everybody may know, used as the secret of an HMAC. */
  confused(): string {
    const text = `${encoded({ ...this.#header, alg: 'HS256' })}.${encoded(this.#claims)}`
    const pem = createPublicKey({ key: this.#key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`
  }

  /** Another's claims below a genuine signature. */
  swapped(claims: Json): string {
    const [header, , signature] = this.signed().split('.')
    return `${header}.${encoded({ ...this.#claims, ...claims })}.${signature}`
  }
}
