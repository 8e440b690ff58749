import { type Fault, strikes } from '../domain/fault.ts'
import type { Store } from './ports.ts'

/** The faults that tests have ordered; the first that is meant for a call is spent on it. */
export class FaultOrders {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  all(): Fault[] {
    return this.#store.get<Fault[]>('faults') ?? []
  }

  add(orders: Omit<Fault, 'id'>[]): Fault[] {
    const known = this.all()
    const first = (known.at(-1)?.id ?? 0) + 1
    const faults = [...known, ...orders.map((order, n) => ({ id: first + n, ...order }))]
    this.#store.commit({ faults })
    return faults
  }

  clear(): void {
    this.#store.commit({ faults: null })
  }

  /** `reaches`: whether a fault of this kind can happen to the call at all. */
  take(method: string, path: string, reaches: (kind: string | undefined) => boolean): Fault | null {
    const faults = this.all()
    const fault = faults.find((candidate) => strikes(candidate, method, path) && reaches(candidate.kind))
    if (!fault) return null
    const left = fault.left === null ? null : fault.left - 1
    if (left !== null) {
      const rest = faults
        .map((other) => (other === fault ? { ...other, left } : other))
        .filter((other) => other.left !== 0)
      this.#store.commit({ faults: rest.length > 0 ? rest : null })
    }
    return fault
  }
}
