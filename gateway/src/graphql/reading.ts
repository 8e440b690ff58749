import type { Principal, Rest } from '@pf/contracts'
import { type Ask, onceEach } from '../compose/ask.ts'
import { reads } from '../compose/reads.ts'
import type { Change, ChangesOptions } from './changes.ts'

/** What a subscription's events are made with. */
export type Live = {
  changes(what: Pick<ChangesOptions, 'topics' | 'atOnce'> & { read: ReadChanges }): AsyncIterableIterator<Change>
  /** With what one event is read. */
  reading(position: string | undefined): Reading
}
export type ReadChanges = (reading: Reading, position: string | undefined) => Promise<object[]>

/**
 * What the fields of one operation read with: whatever they need twice is asked for once, and what many rows lead to is
 * asked for together. One per operation, and per event of a subscription: nothing is remembered longer.
 */
export class Reading {
  readonly ask: Ask
  readonly principal: Principal
  readonly live: Live | undefined
  #accounts: Promise<Map<string, Rest.Account>> | undefined
  #connections: Promise<Map<string, Rest.Connection>> | undefined
  #series: Promise<Map<string, Rest.Recurring>> | undefined

  /** `live`: of a subscription. */
  constructor(ask: Ask, principal: Principal, live?: Live) {
    this.live = live
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
