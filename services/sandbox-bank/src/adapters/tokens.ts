import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../application/ports.ts'
import { invalidToken } from '../domain/wire-error.ts'

export const ACCESS_SECONDS = 86_400
export const REFRESH_SECONDS = 2_592_000

type TokenType = 'access' | 'refresh'
type Claims = { token_type: TokenType; exp: number; jti: string }

/** HS256 tokens as the wire gives them out; `exp` counts on the bank's clock. */
export class Tokens {
  readonly #key: Buffer
  readonly #clock: Clock
  readonly #newId: () => string

  constructor(parts: { keyHex: string; clock: Clock; newId: () => string }) {
    this.#key = Buffer.from(parts.keyHex, 'hex')
    this.#clock = parts.clock
    this.#newId = parts.newId
  }

  issue(type: TokenType): string {
    const seconds = type === 'access' ? ACCESS_SECONDS : REFRESH_SECONDS
    const claims: Claims = { token_type: type, exp: Math.floor(this.#clock.now() / 1000) + seconds, jti: this.#newId() }
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
    return `${signed}.${this.#sign(signed).toString('base64url')}`
  }

  /** @throws WireError 401 `Invalid token` where it is not ours, of the other type, or past its `exp`. */
  verify(token: string, type: TokenType): void {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const expected = this.#sign(`${header}.${payload}`)
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidToken()
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
    if (claims.token_type !== type || claims.exp <= this.#clock.now() / 1000) throw invalidToken()
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
