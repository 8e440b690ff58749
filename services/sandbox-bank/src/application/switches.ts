import type { Store } from './ports.ts'

/** How rate-limit headers are spelled: the wire's `http_x_…`, with dashes, as `x-ratelimit-…`, or lost at a proxy (§6). */
export const HEADER_SPELLINGS = ['underscores', 'dashes', 'plain', 'dropped'] as const
export type HeaderSpelling = (typeof HEADER_SPELLINGS)[number]

export type SwitchBoard = {
  /** The limits per minute and hour of §6: told only, or enforced. A thousand demo spaces sync within a minute. */
  generalLimits: 'counted' | 'enforced'
  /** Requisitions a calendar month before 402; null: no end. */
  freeRequisitions: number | null
  rateHeaders: HeaderSpelling
  /** What our company is allowed beyond the usual. */
  mayReconfirm: boolean
  mayAccept: boolean
}

const AS_USUAL: SwitchBoard = {
  generalLimits: 'counted',
  freeRequisitions: null,
  rateHeaders: 'underscores',
  mayReconfirm: true,
  mayAccept: false,
}

/** What of the API itself, whatever the bank, is different for a test. */
export class Switches {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  now(): SwitchBoard {
    return { ...AS_USUAL, ...this.#store.get<Partial<SwitchBoard>>('switches') }
  }

  set(changes: Partial<SwitchBoard>): SwitchBoard {
    this.#store.commit({ switches: { ...this.#store.get<Partial<SwitchBoard>>('switches'), ...changes } })
    return this.now()
  }
}
