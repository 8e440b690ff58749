import { type Principal, type Rest, refuse } from '@pf/contracts'
import { actorOf, sessionAlone } from './api-tokens.ts'
import type { Audit } from './audit.ts'
import type { AccessTokens } from './ports.ts'

/** The keys that sign access tokens are exchanged: by time, and by an operator's word. Nobody is signed out by it. */
export class KeyRotation {
  readonly #parts: { accessTokens: AccessTokens | undefined; audit: Pick<Audit, 'record'> }

  constructor(parts: { accessTokens: AccessTokens | undefined; audit: Pick<Audit, 'record'> }) {
    this.#parts = parts
  }

  /** Once a minute at most; repeated, it answers the same. Throws scope_missing, operator_only, not_found. */
  async byWord(principal: Principal): Promise<Rest.RotatedSigningKeys> {
    const { accessTokens, audit } = this.#parts
    sessionAlone(principal)
    if (!principal.roles.includes('operator')) {
      throw refuse('operator_only', 'Only the operator of this installation exchanges its signing keys.')
    }
    if (accessTokens === undefined) {
      throw refuse('not_found', 'The keys that sign tokens are the identity provider’s here. Exchange them there.')
    }
    const { rotated, signsFrom } = await accessTokens.rotate()
    if (rotated) await audit.record({ action: 'signing_keys_rotated', ...actorOf(principal) })
    return { rotated, signs_from: signsFrom.toISOString() }
  }

  async byTime(): Promise<void> {
    const { accessTokens, audit } = this.#parts
    if (accessTokens === undefined) return
    const { rotated } = await accessTokens.rotateAged()
    if (rotated) await audit.record({ action: 'signing_keys_rotated', user: undefined, client: undefined })
    await accessTokens.forgetRetired()
  }
}
