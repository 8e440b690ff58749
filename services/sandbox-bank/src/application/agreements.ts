import { type Agreement, readAgreementRequest } from '../domain/agreement.ts'
import { fieldsError, invalidUuid, isUuid, notFound, refusal } from '../domain/wire-error.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { Banks } from './banks.ts'
import type { FreeQuota } from './free-quota.ts'
import type { Ids, Store } from './ports.ts'
import type { Switches } from './switches.ts'

export type AgreementParts = {
  store: Store
  clock: BankClock
  ids: Ids
  banks: Banks
  switches: Switches
  quota: FreeQuota
}

/** End-user agreements (gocardless.md §2.3). Every change is remembered before it is answered. */
export class Agreements {
  readonly #parts: AgreementParts

  constructor(parts: AgreementParts) {
    this.#parts = parts
  }

  /** Kept nowhere yet. @throws WireError 400, 403 */
  draft(body: Record<string, unknown>): Agreement {
    const { ids, clock, banks } = this.#parts
    const asked = readAgreementRequest(body, banks.rules())
    return { id: ids.uuid(), created: wireInstant(clock.now()), ...asked, accepted: null }
  }

  /** @throws WireError 400, 402, 403 */
  make(body: Record<string, unknown>): Agreement {
    this.#parts.quota.admit()
    const agreement = this.draft(body)
    this.#parts.store.commit({ [agreementKey(agreement.id)]: agreement })
    return agreement
  }

  all(): Agreement[] {
    return this.#parts.store.list<Agreement>('agreement/').reverse()
  }

  /** Undefined where there is none, or none any more. */
  find(id: string): Agreement | undefined {
    return this.#parts.store.get<Agreement>(agreementKey(id))
  }

  /** @throws WireError 400 where the id is no UUID, 404 where there is none. */
  get(id: string): Agreement {
    if (!isUuid(id)) throw invalidUuid(id)
    const agreement = this.find(id)
    if (!agreement) throw notFound()
    return agreement
  }

  /** @throws WireError 400 where nobody has accepted it. */
  accepted(id: string): Agreement & { accepted: string } {
    const agreement = this.get(id)
    const { accepted } = agreement
    if (accepted !== null) return { ...agreement, accepted }
    throw refusal(400, 'End user agreement needs to be accepted.', `EUA '${agreement.id}' is not accepted.`)
  }

  delete(id: string): void {
    this.#parts.store.commit({ [agreementKey(this.accepted(id).id)]: null })
  }

  /** For companies that show a consent screen of their own. @throws WireError 400, 403, 405 */
  accept(id: string, body: Record<string, unknown>): Agreement {
    const agreement = this.get(id)
    if (!this.#parts.switches.now().mayAccept) {
      const detail =
        "Your company doesn't have permission to accept EUA. You'll have to use our default form for this action."
      throw refusal(403, 'Insufficient permissions', detail)
    }
    const missing = ['user_agent', 'ip_address'].filter((field) => typeof body[field] !== 'string')
    if (missing.length > 0) {
      throw fieldsError(Object.fromEntries(missing.map((field) => [field, ['This field is required.']])))
    }
    if (agreement.accepted !== null) {
      const detail = 'End User Agreements cannot be accepted more than once'
      throw refusal(405, 'EUA cannot be accepted more than once', detail)
    }
    const accepted = { ...agreement, accepted: wireInstant(this.#parts.clock.now()) }
    this.#parts.store.commit({ [agreementKey(agreement.id)]: accepted })
    return accepted
  }
}

export const agreementKey = (id: string) => `agreement/${id.toLowerCase()}`
