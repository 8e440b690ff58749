import { type Agreement, accessEnd, hasExpired, readAgreementRequest, readInstitution } from '../domain/agreement.ts'
import type { BankAccount } from '../domain/payment.ts'
import {
  type CallbackError,
  callbackOf,
  isOpen,
  type Requisition,
  readRequisitionRequest,
} from '../domain/requisition.ts'
import { fieldError, invalidUuid, isUuid, notFound, refusal, WireError } from '../domain/wire-error.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { CurrentWorld } from './current-world.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Ids, Store } from './ports.ts'

export type Decision = 'grant' | CallbackError

/** Agreements and requisitions: who may read what, until when. Every change is remembered before it is answered. */
export class Consents {
  readonly #store: Store
  readonly #clock: BankClock
  readonly #ids: Ids
  readonly #world: CurrentWorld
  readonly #publicUrl: () => string

  constructor(parts: { store: Store; clock: BankClock; ids: Ids; world: CurrentWorld; publicUrl: () => string }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#ids = parts.ids
    this.#world = parts.world
    this.#publicUrl = parts.publicUrl
  }

  agree(body: Record<string, unknown>): Agreement {
    const agreement = this.#newAgreement(body)
    this.#store.commit({ [agreementKey(agreement.id)]: agreement })
    return agreement
  }

  agreements(): Agreement[] {
    return this.#store.list<Agreement>('agreement/').reverse()
  }

  /** @throws WireError 400 where the id is no UUID, 404 where there is none. */
  agreement(id: string): Agreement {
    if (!isUuid(id)) throw invalidUuid(id)
    const agreement = this.#store.get<Agreement>(agreementKey(id))
    if (!agreement) throw notFound()
    return agreement
  }

  deleteAgreement(id: string): void {
    const agreement = this.agreement(id)
    if (agreement.accepted === null) {
      throw refusal(400, 'End user agreement needs to be accepted.', `EUA '${id}' is not accepted.`)
    }
    this.#store.commit({ [agreementKey(id)]: null })
  }

  request(body: Record<string, unknown>): Requisition {
    const asked = readRequisitionRequest(body)
    const known = this.#store.list<Requisition>('requisition/')
    const reference = asked.reference
    if (reference !== null && known.some((requisition) => requisition.reference === reference)) {
      const detail = `Client reference: ${reference} already exists`
      throw fieldError('reference', { summary: 'Client reference must be unique', detail })
    }
    const agreement =
      asked.agreement === null
        ? this.#newAgreement({ institution_id: asked.institution.id })
        : this.#unusedAgreement(asked.agreement, asked.institution.id, known)
    const id = this.#ids.uuid()
    const requisition: Requisition = {
      id,
      created: wireInstant(this.#clock.now()),
      redirect: asked.redirect,
      status: 'CR',
      institution_id: asked.institution.id,
      agreement: agreement.id,
      reference: reference ?? id,
      accounts: [],
      user_language: asked.userLanguage,
      link: `${this.#publicUrl()}/psd2/start/${id}/${asked.institution.id}`,
      ssn: null,
      account_selection: false,
      redirect_immediate: asked.redirectImmediate,
    }
    this.#store.commit({ [agreementKey(agreement.id)]: agreement, [requisitionKey(id)]: requisition })
    return requisition
  }

  requisitions(): Requisition[] {
    return this.#store
      .list<Requisition>('requisition/')
      .reverse()
      .map((requisition) => this.#asOfNow(requisition))
  }

  /** @throws WireError 400 where the id is no UUID, 404 where there is none. */
  requisition(id: string): Requisition {
    if (!isUuid(id)) throw invalidUuid(id)
    const requisition = this.#store.get<Requisition>(requisitionKey(id))
    if (!requisition) throw notFound()
    return this.#asOfNow(requisition)
  }

  deleteRequisition(id: string): void {
    const requisition = this.requisition(id)
    this.#store.commit({ [requisitionKey(requisition.id)]: null, [agreementKey(requisition.agreement)]: null })
  }

  /** The link was opened: the user now gives consent. */
  open(id: string): { requisition: Requisition; agreement: Agreement; accounts: BankAccount[] } {
    const requisition = this.requisition(id)
    const agreement = this.agreement(requisition.agreement)
    if (requisition.status === 'CR') {
      requisition.status = 'GC'
      this.#store.commit({ [requisitionKey(requisition.id)]: requisition })
    }
    return { requisition, agreement, accounts: this.#world.accountsAt(requisition.institution_id) }
  }

  /**
   * The user decides once: GC → UA → GA → LN with new account ids, or RJ. Answers where the browser goes; a link that was
   * used before changes nothing and says so.
   */
  decide(id: string, decision: Decision): string {
    const requisition = this.requisition(id)
    if (!isOpen(requisition)) return callbackOf(requisition, 'RequisitionLinkReused')
    if (decision !== 'grant') {
      this.#store.commit({ [requisitionKey(requisition.id)]: { ...requisition, status: 'RJ' } })
      return callbackOf(requisition, decision)
    }
    const agreement = this.agreement(requisition.agreement)
    const now = wireInstant(this.#clock.now())
    const changes: Record<string, unknown> = { [agreementKey(agreement.id)]: { ...agreement, accepted: now } }
    const accounts = this.#world.accountsAt(requisition.institution_id).map(({ key }) => {
      const issued = this.#issue(key, requisition, now)
      changes[issuedKey(issued.id)] = issued
      changes[linksKey(key)] = this.#world.links(key) + 1
      return issued.id
    })
    changes[requisitionKey(requisition.id)] = { ...requisition, status: 'LN', accounts }
    this.#store.commit(changes)
    return callbackOf(requisition)
  }

  #issue(key: string, requisition: Requisition, created: string): IssuedAccount {
    return {
      id: this.#world.nextAccountId(key),
      key,
      requisition: requisition.id,
      agreement: requisition.agreement,
      institution: requisition.institution_id,
      created,
      lastAccessed: null,
      successes: { balances: [], details: [], transactions: [] },
    }
  }

  #newAgreement(body: Record<string, unknown>): Agreement {
    const asked = readAgreementRequest(body)
    return { id: this.#ids.uuid(), created: wireInstant(this.#clock.now()), ...asked, accepted: null }
  }

  #unusedAgreement(id: string, institutionId: string, known: Requisition[]): Agreement {
    const agreement = this.#store.get<Agreement>(agreementKey(id))
    if (!agreement) {
      const detail = 'Please check whether you specified a valid ID'
      throw new WireError(404, { agreement: { summary: `ID ${id} not found`, detail } })
    }
    if (agreement.institution_id !== readInstitution(institutionId).id) {
      const right = agreement.institution_id
      const detail =
        `Provided Institution ID: '${institutionId}' for requisition does not match EUA institution ID '${right}'. ` +
        `Please provide correct institution ID: '${right}'`
      throw fieldError('agreement', { summary: `Incorrect Institution ID ${institutionId}`, detail })
    }
    const user = known.find((requisition) => requisition.agreement === id)
    if (!user) return agreement
    const detail =
      `The agreement is already associated with requisition ${user.id}. ` +
      'Please provide a valid agreement or use a different requisition.'
    throw fieldError('agreement', { summary: `Agreement ${id} is already associated`, detail })
  }

  #asOfNow(requisition: Requisition): Requisition {
    const agreement = this.#store.get<Agreement>(agreementKey(requisition.agreement))
    const expired = requisition.status === 'LN' && agreement && hasExpired(agreement, this.#clock.now())
    return { ...requisition, status: expired ? 'EX' : requisition.status }
  }
}

/** The instant at which access under this agreement ends or, not yet accepted, would end if accepted now. */
export function sharedUntil(agreement: Agreement, nowMs: number): number {
  const accepted = { ...agreement, accepted: agreement.accepted ?? new Date(nowMs).toISOString() }
  return accessEnd(accepted) ?? nowMs
}

export const agreementKey = (id: string) => `agreement/${id.toLowerCase()}`
export const requisitionKey = (id: string) => `requisition/${id.toLowerCase()}`
export const linksKey = (accountKey: string) => `links/${accountKey}`
