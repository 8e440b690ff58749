import type { Principal, Rest } from '@pf/contracts'
import { type Ask, onceEach } from '../compose/ask.ts'
import { reads } from '../compose/reads.ts'

/**
 * What the fields of one operation read with: whatever they need twice is asked for once, and what many rows lead to is
 * asked for together. One per operation, and per event of a subscription: nothing is remembered longer.
 */
export class Reading {
  readonly ask: Ask
  readonly principal: Principal
  #accounts: Promise<Map<string, Rest.Account>> | undefined
  #connections: Promise<Map<string, Rest.Connection>> | undefined
  #series: Promise<Map<string, Rest.Recurring>> | undefined

  constructor(ask: Ask, principal: Principal) {
    this.ask = onceEach(ask)
    this.principal = principal
  }

  /** All of the caller's, by id. */
  get accounts(): Promise<Map<string, Rest.Account>> {
    this.#accounts ??= reads.accounts(this.ask, { params: {}, query: {} }).then(byId)
    return this.#accounts
  }

  get connections(): Promise<Map<string, Rest.Connection>> {
    this.#connections ??= reads.connections(this.ask).then(byId)
    return this.#connections
  }

  get series(): Promise<Map<string, Rest.Recurring>> {
    this.#series ??= reads.recurring(this.ask, { params: {}, query: {} }).then(byId)
    return this.#series
  }
}

const byId = <T extends { id: string }>({ items }: { items: T[] }) => new Map(items.map((item) => [item.id, item]))
