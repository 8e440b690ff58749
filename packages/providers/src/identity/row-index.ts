import { dayNumber, dayOf } from './days.ts'
import type { FetchedWindow } from './decide.ts'
import type { NormalisedRow, StoredRow } from './row.ts'

/**
 * Known rows of one account and source, in an order of their own, kept so that what an answer may speak of is found without
 * reading the rest: by id, by look, by day. `decideIdentity` decides the same with `relevantTo` as with all rows; what it
 * costs then grows with the answer and its window, not with history.
 */
export class RowIndex<R extends StoredRow = StoredRow> {
  readonly #places = new Map<string, Placed<R>>()
  readonly #byKey = { iid: new KeyMap<R>(), tid: new KeyMap<R>(), fp: new KeyMap<R>(), dateTime: new KeyMap<R>() }
  readonly #byDay = new Map<string, Set<Placed<R>>>()
  /** Pending rows, however old, and booked ones that were dated ahead: few. */
  readonly #always = new Set<Placed<R>>()
  #next = 0

  constructor(rows: Iterable<R> = []) {
    for (const row of rows) this.put(row)
  }

  get size(): number {
    return this.#places.size
  }

  /** Takes a row in, or in place of the one with its transaction id. */
  put(row: R): void {
    const place = this.#places.get(row.transactionId)?.place ?? this.#next++
    this.remove(row.transactionId)
    const placed = { row, place }
    this.#places.set(row.transactionId, placed)
    for (const key of KEYS) this.#byKey[key].put(row[key], placed)
    const day = this.#byDay.get(row.date)
    if (day === undefined) this.#byDay.set(row.date, new Set([placed]))
    else day.add(placed)
    if (row.status === 'pending' || row.flags.includes('future_dated')) this.#always.add(placed)
  }

  remove(transactionId: string): void {
    const placed = this.#places.get(transactionId)
    if (placed === undefined) return
    this.#places.delete(transactionId)
    for (const key of KEYS) this.#byKey[key].remove(placed.row[key], placed)
    this.#byDay.get(placed.row.date)?.delete(placed)
    this.#always.delete(placed)
  }

  /** Rows that may be one of the incoming, or should have been among them, in the order in which they were put. */
  relevantTo(incoming: readonly NormalisedRow[], window: FetchedWindow): R[] {
    const found = new Set(this.#always)
    for (let day = dayNumber(window.from); day <= dayNumber(window.to); day++) {
      for (const placed of this.#byDay.get(dayOf(day)) ?? []) found.add(placed)
    }
    for (const row of incoming) for (const key of KEYS) this.#byKey[key].addTo(found, row[key])
    return [...found].sort((a, b) => a.place - b.place).map(({ row }) => row)
  }
}

interface Placed<R> {
  row: R
  place: number
}

/** All that the rules may know a booked row by: nothing else makes a row outside the window one of the incoming. */
const KEYS = ['iid', 'tid', 'fp', 'dateTime'] as const

/** Nearly every key stands on one row: only where it does not is there a set of them. */
class KeyMap<R> {
  readonly #rows = new Map<string, Placed<R> | Set<Placed<R>>>()

  put(key: string | undefined, placed: Placed<R>): void {
    if (key === undefined) return
    const known = this.#rows.get(key)
    if (known === undefined) this.#rows.set(key, placed)
    else if (known instanceof Set) known.add(placed)
    else this.#rows.set(key, new Set([known, placed]))
  }

  remove(key: string | undefined, placed: Placed<R>): void {
    if (key === undefined) return
    const known = this.#rows.get(key)
    if (known instanceof Set && known.size > 1) known.delete(placed)
    else this.#rows.delete(key)
  }

  addTo(found: Set<Placed<R>>, key: string | undefined): void {
    const known = key === undefined ? undefined : this.#rows.get(key)
    if (known instanceof Set) for (const placed of known) found.add(placed)
    else if (known !== undefined) found.add(known)
  }
}
