import { dayNumber, dayOf } from './days.ts'
import type { NormalisedRow, StoredRow } from './row.ts'

/** How rows of two lists are compared in one pass. */
export interface Pass {
  /** Only rows of equal keys can be a pair; undefined: this pass is not for this row. */
  storedKey(row: StoredRow): string | undefined
  incomingKey(row: NormalisedRow): string | undefined
  /** Only rows of equal amount and currency can be a pair. */
  sameMoney?: boolean
  /** How far apart in days a pair may be. */
  maxDays: number
  /** 0 refuses a pair; among equally near ones the highest wins. */
  accept?(stored: StoredRow, incoming: NormalisedRow): number
}

/**
 * With `accept`, so many unused rows of one key and day are looked at for one incoming row: it bounds the cost where a bank
 * changes the texts of very many equal payments at once. Beyond it a row stays apart, which loses nothing.
 */
export const MAX_CANDIDATES = 32

export const moneyOf = (row: { amountMinor: bigint; currency: string }) => `${row.amountMinor} ${row.currency}`

export interface Paired {
  pairs: Map<NormalisedRow, StoredRow>
  /** What is left. */
  stored: readonly StoredRow[]
  incoming: readonly NormalisedRow[]
}

/** One pass over two lists; see `Pairing`. */
export function pairNearest({
  stored,
  incoming,
  ...pass
}: Pass & { stored: readonly StoredRow[]; incoming: readonly NormalisedRow[] }): Paired {
  const pairs = new Map<NormalisedRow, StoredRow>()
  if (stored.length === 0 || incoming.length === 0) return { pairs, stored, incoming }
  const pairing = new Pairing(stored, incoming)
  pairing.pair(pass)
  for (const [n, row] of incoming.entries()) {
    const partner = pairing.partnerOf(n)
    if (partner !== undefined) pairs.set(row, partner)
  }
  return { pairs, stored: pairing.storedLeft(), incoming: pairing.incomingLeft() }
}

const NOBODY = -1

/**
 * Two lists of rows whose halves find each other in passes, each row at most once: nearest day first, then in the order
 * given. A pass costs a few look-ups per row and day of distance, never rows × rows; a key that stands on one row of either
 * side, as nearly every id does, costs two. Rows are spoken of by their places in the lists: an answer has thousands.
 */
export class Pairing {
  readonly #stored: readonly StoredRow[]
  readonly #incoming: readonly NormalisedRow[]
  /** Of each incoming row the place of its other half. */
  readonly #partners: Int32Array
  readonly #taken: Uint8Array
  #pairs = 0

  constructor(stored: readonly StoredRow[], incoming: readonly NormalisedRow[]) {
    this.#stored = stored
    this.#incoming = incoming
    this.#partners = new Int32Array(incoming.length).fill(NOBODY)
    this.#taken = new Uint8Array(stored.length)
  }

  partnerOf(place: number): StoredRow | undefined {
    const partner = this.#partners[place] ?? NOBODY
    return partner === NOBODY ? undefined : this.#stored[partner]
  }

  storedLeft(): StoredRow[] {
    return this.#stored.filter((_, place) => this.#taken[place] === 0)
  }

  incomingLeft(): NormalisedRow[] {
    return this.#incoming.filter((_, place) => this.#partners[place] === NOBODY)
  }

  /** Pairs what is left by the pass; returns the places of the incoming rows that found their half in it. */
  pair(pass: Pass): number[] {
    const found: number[] = []
    const { length } = this.#incoming
    if (this.#pairs === length || this.#pairs === this.#stored.length) return found
    const keys = this.#keysOf(pass)
    for (let place = 0; place < length; place++) {
      const half = keys.halves[place] as number
      if (half === NOBODY || keys.several[place] === 1) continue
      if (fits(this.#stored[half]!, this.#incoming[place]!, pass)) this.#join(place, half, found)
    }
    if (keys.anySeveral) this.#pairSeveral(pass, keys, found)
    return found
  }

  /** Of each key: the first incoming row that has it, the first stored one, and whether there are more of either. */
  #keysOf(pass: Pass): Keys {
    const { length } = this.#incoming
    const firsts = new Map<string, number>()
    const halves = new Int32Array(length).fill(NOBODY)
    const several = new Uint8Array(length)
    for (let place = 0; place < length; place++) {
      if (this.#partners[place] !== NOBODY) continue
      const key = pass.incomingKey(this.#incoming[place]!)
      if (key === undefined) continue
      const first = firsts.get(key)
      if (first === undefined) firsts.set(key, place)
      else several[first] = 1
    }
    let anySeveral = false
    for (let place = 0; place < this.#stored.length; place++) {
      if (this.#taken[place] === 1) continue
      const key = pass.storedKey(this.#stored[place]!)
      const first = key === undefined ? undefined : firsts.get(key)
      if (first === undefined) continue
      if (halves[first] === NOBODY) halves[first] = place
      else several[first] = 1
      anySeveral ||= several[first] === 1
    }
    return { firsts, halves, several, anySeveral }
  }

  #join(incoming: number, stored: number, found: number[]): void {
    this.#partners[incoming] = stored
    this.#taken[stored] = 1
    this.#pairs++
    found.push(incoming)
  }

  /** Keys that stand on several rows: the nearest of all days first. */
  #pairSeveral(pass: Pass, { firsts, several }: Keys, found: number[]): void {
    const full = (key: string | undefined, row: StoredRow | NormalisedRow) => {
      if (key === undefined || several[firsts.get(key) ?? NOBODY] !== 1) return undefined
      return pass.sameMoney ? `${key} ${moneyOf(row)}` : key
    }
    const groups = new Map<string, Bucket>()
    for (const [place, row] of this.#stored.entries()) {
      const key = this.#taken[place] === 1 ? undefined : full(pass.storedKey(row), row)
      if (key === undefined) continue
      const at = `${row.date} ${key}`
      const bucket = groups.get(at)
      if (bucket === undefined) groups.set(at, { places: [place], next: 0 })
      else bucket.places.push(place)
    }
    let open: { place: number; row: NormalisedRow; key: string }[] = []
    for (const [place, row] of this.#incoming.entries()) {
      const key = this.#partners[place] === NOBODY ? full(pass.incomingKey(row), row) : undefined
      if (key !== undefined) open.push({ place, row, key })
    }
    for (let apart = 0; apart <= pass.maxDays && open.length > 0; apart++) {
      const days = daysApart(apart)
      open = open.filter(({ place, row, key }) => {
        let half = NOBODY
        for (const day of days(row.date)) {
          if (half === NOBODY) half = this.#bestOf(groups.get(`${day} ${key}`), row, pass.accept)
        }
        if (half === NOBODY) return true
        this.#join(place, half, found)
        return false
      })
    }
  }

  #bestOf(bucket: Bucket | undefined, incoming: NormalisedRow, accept: Pass['accept']): number {
    if (bucket === undefined) return NOBODY
    const { places } = bucket
    while (bucket.next < places.length && this.#taken[places[bucket.next]!] === 1) bucket.next++
    if (accept === undefined) return places[bucket.next] ?? NOBODY
    let best = NOBODY
    let bestScore = 0
    let looked = 0
    for (let i = bucket.next; i < places.length && looked < MAX_CANDIDATES && bestScore < 1; i++) {
      const place = places[i]!
      if (this.#taken[place] === 1) continue
      looked++
      const score = accept(this.#stored[place]!, incoming)
      if (score > bestScore) {
        best = place
        bestScore = score
      }
    }
    return best
  }
}

interface Keys {
  /** The first incoming row of each key; the rest is told at its place. */
  firsts: ReadonlyMap<string, number>
  halves: Int32Array
  several: Uint8Array
  anySeveral: boolean
}

interface Bucket {
  places: number[]
  /** Everything before it is taken. */
  next: number
}

function fits(stored: StoredRow, incoming: NormalisedRow, { sameMoney, maxDays, accept }: Pass): boolean {
  if (sameMoney && (stored.amountMinor !== incoming.amountMinor || stored.currency !== incoming.currency)) return false
  const near = stored.date === incoming.date || Math.abs(dayNumber(stored.date) - dayNumber(incoming.date)) <= maxDays
  return near && (accept === undefined || accept(stored, incoming) > 0)
}

/** The days so far before and after a day. Rows share few days, so each is reckoned once. */
function daysApart(apart: number): (day: string) => readonly string[] {
  if (apart === 0) return (day) => [day]
  const known = new Map<string, readonly string[]>()
  return (day) => {
    let days = known.get(day)
    if (days === undefined) {
      days = [dayOf(dayNumber(day) - apart), dayOf(dayNumber(day) + apart)]
      known.set(day, days)
    }
    return days
  }
}
