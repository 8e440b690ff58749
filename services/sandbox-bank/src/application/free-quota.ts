import { paymentRequired } from '../domain/wire-error.ts'
import type { Clock, Store } from './ports.ts'
import type { Switches } from './switches.ts'

/** Requisitions that cost nothing in a calendar month; beyond them agreements and requisitions are refused (§0). */
export class FreeQuota {
  readonly #store: Store
  readonly #clock: Clock
  readonly #switches: Switches

  constructor(store: Store, clock: Clock, switches: Switches) {
    this.#store = store
    this.#clock = clock
    this.#switches = switches
  }

  /** @throws WireError 402 */
  admit(): void {
    const { freeRequisitions } = this.#switches.now()
    if (freeRequisitions !== null && this.#used() >= freeRequisitions) throw paymentRequired()
  }

  /** What to commit together with a new requisition; deleting it gives nothing back. */
  spent(): Record<string, number> {
    return { [this.#key()]: this.#used() + 1 }
  }

  #used(): number {
    return this.#store.get<number>(this.#key()) ?? 0
  }

  #key(): string {
    return `requisitions-made/${new Date(this.#clock.now()).toISOString().slice(0, 7)}`
  }
}
