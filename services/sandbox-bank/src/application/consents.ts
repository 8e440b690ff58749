import { type Agreement, accessEnd, readInstitution } from '../domain/agreement.ts'
import type { BankAccount } from '../domain/payment.ts'
import { accessOverAt } from '../domain/reconfirmation.ts'
import {
  type CallbackError,
  callbackOf,
  isOpen,
  type Requisition,
  readRequisitionRequest,
} from '../domain/requisition.ts'
import { fieldError, invalidUuid, isUuid, notFound, WireError } from '../domain/wire-error.ts'
import { type Agreements, agreementKey } from './agreements.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { Banks } from './banks.ts'
import type { CurrentWorld } from './current-world.ts'
import type { FreeQuota } from './free-quota.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Ids, Store } from './ports.ts'

export type Decision = 'grant' | CallbackError

export type ConsentParts = {
  store: Store
  clock: BankClock
  ids: Ids
  world: CurrentWorld
  banks: Banks
  agreements: Agreements
  quota: FreeQuota
  publicUrl: () => string
}

/** Requisitions: whose accounts may be read. Every change is remembered before it is answered. */
export class Consents {
  readonly #parts: ConsentParts
  readonly #store: Store
  readonly #clock: BankClock
  readonly #world: CurrentWorld

  constructor(parts: ConsentParts) {
    this.#parts = parts
    this.#store = parts.store
    this.#clock = parts.clock
    this.#world = parts.world
  }

  /** @throws WireError 400, 402, 404 */
  request(body: Record<string, unknown>): Requisition {
    const { banks, agreements, quota, ids, publicUrl } = this.#parts
    const asked = readRequisitionRequest(body, banks.find)
    quota.admit()
    const known = this.#store.list<Requisition>('requisition/')
    const reference = asked.reference
    if (reference !== null && known.some((requisition) => requisition.reference === reference)) {
      const detail = `Client reference: ${reference} already exists`
      throw fieldError('reference', { summary: 'Client reference must be unique', detail })
    }
    const agreement =
      asked.agreement === null
        ? agreements.draft({ institution_id: asked.institution.id })
        : this.#unusedAgreement(asked.agreement, asked.institution.id, known)
    const id = ids.uuid()
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
      link: `${publicUrl()}/psd2/start/${id}/${asked.institution.id}`,
      ssn: asked.ssn,
      account_selection: asked.accountSelection,
      redirect_immediate: asked.redirectImmediate,
    }
    this.#store.commit({
      [agreementKey(agreement.id)]: agreement,
      [requisitionKey(id)]: requisition,
      ...quota.spent(),
    })
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
    return this.#asOfNow(this.#kept(id))
  }

  deleteRequisition(id: string): void {
    const requisition = this.#kept(id)
    this.#store.commit({ [requisitionKey(requisition.id)]: null, [agreementKey(requisition.agreement)]: null })
  }

  /** The link was opened: the user now gives consent. `requisition` is as it is kept, whatever the wire shows of it. */
  open(id: string): { requisition: Requisition; agreement: Agreement; accounts: BankAccount[] } {
    const requisition = this.#kept(id)
    const agreement = this.#parts.agreements.get(requisition.agreement)
    const accounts = this.#world.accountsAt(requisition.institution_id)
    if (requisition.status !== 'CR') return { requisition, agreement, accounts }
    return { requisition: this.#become(requisition, 'GC'), agreement, accounts }
  }

  /**
   * The user decides once, all steps at a time: GC → UA → (SA) → GA → LN with the accounts chosen (by their keys; else all),
   * or RJ. Answers where the browser goes; a link that was used before changes nothing and says so.
   */
  decide(id: string, decision: Decision, chosen?: readonly string[]): string {
    const requisition = this.#kept(id)
    if (!isOpen(requisition)) return callbackOf(requisition, 'RequisitionLinkReused')
    if (decision === 'grant') return this.#grant(requisition, chosen)
    this.#become(requisition, 'RJ')
    return callbackOf(requisition, decision)
  }

  /** The user's word on one page: the consent's (GC), the bank's log-in (UA), the choice of accounts (SA). */
  step(id: string, decision: Decision, chosen: readonly string[]): string {
    const requisition = this.#kept(id)
    if (decision !== 'grant' || !isOpen(requisition)) return this.decide(id, decision)
    if (requisition.status === 'SA') return chosen.length > 0 ? this.#grant(requisition, chosen) : requisition.link
    const { loginPage } = this.#parts.banks.behaviour(requisition.institution_id)
    const consented = requisition.status === 'UA'
    if (!consented && loginPage) {
      this.#store.commit(this.#accepted(requisition))
      return this.#become(requisition, 'UA').link
    }
    if (!requisition.account_selection) return this.#grant(requisition)
    this.#store.commit(this.#accepted(requisition))
    return this.#become(requisition, 'SA').link
  }

  #grant(requisition: Requisition, chosen?: readonly string[]): string {
    const changes = this.#accepted(requisition)
    const accounts = this.#world
      .accountsAt(requisition.institution_id)
      .filter(({ key }) => chosen === undefined || chosen.includes(key))
      .map(({ key }) => {
        const issued = this.#issue(key, requisition)
        changes[issuedKey(issued.id)] = issued
        changes[linksKey(key)] = this.#world.links(key) + 1
        return issued.id
      })
    this.#store.commit({ ...changes, [requisitionKey(requisition.id)]: { ...requisition, status: 'LN', accounts } })
    return callbackOf(requisition)
  }

  /** The agreement from the moment on at which the user said yes, or its company did for them. */
  #accepted({ agreement: id }: Requisition): Record<string, unknown> {
    const agreement = this.#parts.agreements.get(id)
    const accepted = agreement.accepted ?? wireInstant(this.#clock.now())
    return { [agreementKey(agreement.id)]: { ...agreement, accepted } }
  }

  #issue(key: string, requisition: Requisition): IssuedAccount {
    const id = this.#world.nextAccountId(key)
    const now = this.#clock.now()
    const { processingSeconds } = this.#parts.banks.behaviour(requisition.institution_id)
    return {
      id,
      key,
      requisition: requisition.id,
      agreement: requisition.agreement,
      institution: requisition.institution_id,
      created: wireInstant(now),
      lastAccessed: null,
      // Under an id that goes on, what was spent today stays spent.
      successes: this.#store.get<IssuedAccount>(issuedKey(id))?.successes ?? {
        balances: [],
        details: [],
        transactions: [],
      },
      ...(processingSeconds > 0 && { readyAt: now + processingSeconds * 1000 }),
    }
  }

  #unusedAgreement(id: string, institutionId: string, known: Requisition[]): Agreement {
    const agreement = this.#parts.agreements.find(id)
    if (!agreement) {
      const detail = 'Please check whether you specified a valid ID'
      throw new WireError(404, { agreement: { summary: `ID ${id} not found`, detail } })
    }
    if (agreement.institution_id !== readInstitution(institutionId, this.#parts.banks.find).id) {
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

  #kept(id: string): Requisition {
    if (!isUuid(id)) throw invalidUuid(id)
    const requisition = this.#store.get<Requisition>(requisitionKey(id))
    if (!requisition) throw notFound()
    return requisition
  }

  #become(requisition: Requisition, status: Requisition['status']): Requisition {
    const changed = { ...requisition, status }
    this.#store.commit({ [requisitionKey(requisition.id)]: changed })
    return changed
  }

  /** What time makes of it: EX where the access is over, GA while accounts are prepared and the user is back already. */
  #asOfNow(requisition: Requisition): Requisition {
    if (requisition.status !== 'LN') return { ...requisition }
    const now = this.#clock.now()
    const agreement = this.#parts.agreements.find(requisition.agreement)
    const issued = issuedTo(this.#store, requisition)
    const overAt = agreement && accessOverAt(agreement, issued)
    if (overAt != null && now > overAt) return { ...requisition, status: 'EX' }
    const granting = requisition.redirect_immediate && issued.some(({ readyAt = 0 }) => now < readyAt)
    return { ...requisition, status: granting ? 'GA' : 'LN' }
  }
}

/** The accounts of a requisition as they were issued to it. */
export function issuedTo(store: Store, { id, accounts }: Pick<Requisition, 'id' | 'accounts'>): IssuedAccount[] {
  return accounts.flatMap((account) => {
    const issued = store.get<IssuedAccount>(issuedKey(account))
    // An id that goes on belongs to the newest requisition.
    return issued?.requisition === id ? [issued] : []
  })
}

/** The instant at which access under this agreement ends or, not yet accepted, would end if accepted now. */
export function sharedUntil(agreement: Agreement, nowMs: number): number {
  const accepted = { ...agreement, accepted: agreement.accepted ?? new Date(nowMs).toISOString() }
  return accessEnd(accepted) ?? nowMs
}

export const requisitionKey = (id: string) => `requisition/${id.toLowerCase()}`
export const linksKey = (accountKey: string) => `links/${accountKey}`
