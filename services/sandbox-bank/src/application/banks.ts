import type { AgreementRules } from '../domain/agreement.ts'
import { type BankOrders, type Behaviour, behaviourOf } from '../domain/behaviour.ts'
import { INSTITUTIONS, type Institution, institutionOf } from '../domain/institutions.ts'
import { notFound } from '../domain/wire-error.ts'
import type { Store } from './ports.ts'
import type { Switches } from './switches.ts'

/** The banks as they are now: as seeded, with what a test has ordered of them. */
export class Banks {
  readonly #store: Store
  readonly #switches: Switches

  constructor(store: Store, switches: Switches) {
    this.#store = store
    this.#switches = switches
  }

  /** Those that can be connected; a disabled one is in no list. */
  all(): Institution[] {
    return INSTITUTIONS.flatMap(({ id }) => this.find(id) ?? [])
  }

  /** All there are, disabled ones too. */
  seeded(): Institution[] {
    return INSTITUTIONS.flatMap(({ id }) => this.record(id) ?? [])
  }

  readonly find = (id: string): Institution | undefined => {
    return this.behaviour(id).operational ? this.record(id) : undefined
  }

  /** Of any bank, disabled or not. */
  record(id: string): Institution | undefined {
    const seeded = institutionOf(id)
    return seeded && { ...seeded, ...this.#orders(id)?.institution }
  }

  behaviour(id: string): Behaviour {
    return behaviourOf(id, this.#orders(id)?.behaviour)
  }

  has(id: string, feature: string): boolean {
    return this.record(id)?.supported_features.includes(feature) ?? false
  }

  /** What agreements are read against. */
  rules(): AgreementRules {
    return {
      institutionOf: this.find,
      scopesOf: (id) => this.behaviour(id).scopes,
      mayReconfirm: this.#switches.now().mayReconfirm,
    }
  }

  /** From now on; what is not named stays as it is. @throws WireError 404 where there is no such bank. */
  order(id: string, orders: BankOrders): { institution: Institution; behaviour: Behaviour } {
    const before = this.#orders(id)
    const institution = { ...before?.institution, ...orders.institution }
    const behaviour = { ...before?.behaviour, ...orders.behaviour }
    const seeded = institutionOf(id)
    if (!seeded) throw notFound()
    this.#store.commit({ [ordersKey(id)]: { institution, behaviour } satisfies BankOrders })
    return { institution: { ...seeded, ...institution }, behaviour: this.behaviour(id) }
  }

  #orders(id: string): BankOrders | undefined {
    return this.#store.get<BankOrders>(ordersKey(id))
  }
}

const ordersKey = (id: string) => `bank/${id}`
