import { dayNumber } from './days.ts'
import type { FetchedWindow } from './decide.ts'
import { KeyPlaces } from './key-places.ts'
import type { NormalisedRow, StoredRow } from './row.ts'

/**
 * Known rows of one account and source, in an order of their own, kept so that what an answer may speak of is found without
 * reading the rest: by day and by id. `decideIdentity` decides the same with `relevantTo` as with all rows; what it costs
 * then grows with the answer and its window, not with history.
 */
export class RowIndex<R extends StoredRow = StoredRow> {
  readonly #places = new Map<string, number>()
  /** By place; undefined where the row was taken out. */
  #rows: (R | undefined)[] = []
  #byKey = newKeys()
  /** Places by the number of their day. Those whose row went elsewhere are passed over. */
  #byDay = new Map<number, number[]>()
  /** Pending rows, however old, and booked ones that were dated ahead: few. */
  readonly #always = new Set<number>()
  /** For each place the last question that it was an answer to. */
  #answered = new Uint32Array(64)
  #question = 0
  /** Entries whose row is gone or has another key now. */
  #stale = 0

  constructor(rows: Iterable<R> = []) {
    for (const row of rows) this.put(row)
  }

  get size(): number {
    return this.#places.size
  }

  /** Takes a row in, or in place of the one with its transaction id. */
  put(row: R): void {
    let place = this.#places.get(row.transactionId)
    if (place === undefined) {
      place = this.#rows.length
      this.#places.set(row.transactionId, place)
    }
    this.#enter(row, place, this.#rows[place])
    if (this.#stale > this.#places.size + MAX_STALE) this.#rebuild()
  }

  remove(transactionId: string): void {
    const place = this.#places.get(transactionId)
    if (place === undefined) return
    this.#places.delete(transactionId)
    this.#always.delete(place)
    this.#rows[place] = undefined
    this.#stale++
  }

  /** Rows that may be one of the incoming, or should have been among them, in the order in which they were put. */
  relevantTo(incoming: readonly NormalisedRow[], window: FetchedWindow): R[] {
    const found: number[] = []
    this.#question++
    for (const place of this.#always) this.#answer(place, found)
    const [from, to] = [dayNumber(window.from), dayNumber(window.to)]
    for (let day = from; day <= to; day++) this.#addDay(day, found)
    const outside = new Set<string>()
    for (const row of incoming) {
      if (row.iid !== undefined) this.#addKey(this.#byKey.iid, row.iid, found)
      if (row.tid !== undefined) this.#addKey(this.#byKey.tid, row.tid, found)
      // Only of a pending row it is asked whether something was booked at its very moment.
      if (row.section === 'pending' && row.dateTime !== undefined) {
        this.#addKey(this.#byKey.dateTime, row.dateTime, found)
      }
      // Look-alikes are of one day; those of the window's are there.
      if (row.date < window.from || row.date > window.to) outside.add(row.date)
    }
    for (const day of outside) this.#addDay(dayNumber(day), found)
    return inOrder(found).map((place) => this.#rows[place] as R)
  }

  #enter(row: R, place: number, before: R | undefined): void {
    this.#rows[place] = row
    for (const key of [...KEYS, 'dateTime'] as const) {
      const text = row[key]
      if (text === before?.[key]) continue
      if (before?.[key] !== undefined) this.#stale++
      if (text !== undefined) this.#byKey[key].put(text, place)
    }
    if (row.date !== before?.date) {
      if (before !== undefined) this.#stale++
      const day = dayNumber(row.date)
      const places = this.#byDay.get(day)
      if (places === undefined) this.#byDay.set(day, [place])
      else places.push(place)
    }
    if (row.status === 'pending' || row.flags.includes('future_dated')) this.#always.add(place)
    else this.#always.delete(place)
  }

  #addDay(day: number, found: number[]): void {
    for (const place of this.#byDay.get(day) ?? []) this.#answer(place, found)
  }

  /** More than those of the key do no harm: the rules compare the keys themselves. */
  #addKey(places: KeyPlaces, text: string, found: number[]): void {
    for (let entry = places.first(text); entry !== 0; entry = places.next(entry)) {
      this.#answer(places.place(entry), found)
    }
  }

  #answer(place: number, found: number[]): void {
    if (place >= this.#answered.length) this.#answered = grown(this.#answered, this.#rows.length)
    if (this.#answered[place] === this.#question) return
    this.#answered[place] = this.#question
    if (this.#rows[place] !== undefined) found.push(place)
  }

  /** Without what is stale, so that an index of rows that come and go stays as large as what is in it. */
  #rebuild(): void {
    const rows = this.#rows.filter((row) => row !== undefined)
    this.#places.clear()
    this.#always.clear()
    this.#byKey = newKeys()
    this.#byDay = new Map()
    this.#rows = []
    this.#stale = 0
    for (const row of rows) this.put(row)
  }
}

/** By what, beside its look, a booked row may be known that lies outside the window. */
const KEYS = ['iid', 'tid'] as const
const newKeys = () => ({ iid: new KeyPlaces(), tid: new KeyPlaces(), dateTime: new KeyPlaces() })
const MAX_STALE = 1_000

/** Rows mostly come by day, as they were put. */
function inOrder(places: number[]): number[] {
  const sorted = places.every((place, n) => n === 0 || place > (places[n - 1] as number))
  return sorted ? places : places.sort((a, b) => a - b)
}

function grown(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(Math.max(length, numbers.length * 2))
  more.set(numbers)
  return more
}
