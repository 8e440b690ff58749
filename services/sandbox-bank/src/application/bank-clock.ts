import { DAY_MS, type Day, dayOfText, londonDay } from '../domain/days.ts'
import type { Clock, Store } from './ports.ts'

/** The bank's own time: the machine's, moved by an offset that is remembered. */
export class BankClock implements Clock {
  readonly #clock: Clock
  readonly #store: Store

  constructor(clock: Clock, store: Store) {
    this.#clock = clock
    this.#store = store
  }

  now(): number {
    return this.#clock.now() + (this.#store.get<number>('clock') ?? 0)
  }

  today(): Day {
    return londonDay(this.now())
  }

  /** The machine's time, whatever the bank's is. */
  realNow(): number {
    return this.#clock.now()
  }

  /** The offset that makes it `instantMs` now; null asks for real time. */
  offsetTo(instantMs: number | null): number {
    return instantMs === null ? 0 : instantMs - this.#clock.now()
  }

  set(instantMs: number): void {
    this.#store.commit({ clock: this.offsetTo(instantMs) })
  }

  advance(days: number): void {
    this.#store.commit({ clock: (this.#store.get<number>('clock') ?? 0) + Math.round(days * DAY_MS) })
  }
}

/** ISO 8601 with microseconds, as the wire prints instants. */
export function wireInstant(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('Z', '000Z')
}

/** An RFC 3339 instant, or noon UTC of a `YYYY-MM-DD`; null where the text is neither. */
export function instantOf(text: string): number | null {
  const day = dayOfText(text)
  if (day !== null) return day * DAY_MS + DAY_MS / 2
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? null : instant
}
