/**
 * Where texts stand, by 32 bits of each: texts are neither kept nor compared, so that one look-up touches one place of a table
 * instead of strings all over the memory. Texts of equal bits are found together, which the caller has to bear. An entry's
 * number is never 0.
 */
export class KeyPlaces {
  /** Open addressing, two numbers a slot: a hash, and its newest entry, 0 where none is. */
  #slots = new Uint32Array(2 * 64)
  /** Two numbers an entry: a place, and the entry before of the same hash, 0 at the end. */
  #entries = new Uint32Array(2 * 64)
  #count = 0
  #distinct = 0

  put(text: string, place: number): void {
    // At most half of the slots are taken: few are looked at in vain.
    if ((this.#distinct + 1) * 4 > this.#slots.length) this.#growSlots()
    if ((this.#count + 2) * 2 > this.#entries.length) this.#growEntries()
    const hash = hash32(text)
    const slot = this.#slotOf(hash)
    const before = this.#slots[slot + 1] as number
    const entry = ++this.#count
    this.#entries[entry * 2] = place
    this.#entries[entry * 2 + 1] = before
    this.#slots[slot] = hash
    this.#slots[slot + 1] = entry
    if (before === 0) this.#distinct++
  }

  /** The first entry that may be of the text, or 0. */
  first(text: string): number {
    return this.#slots[this.#slotOf(hash32(text)) + 1] as number
  }

  next(entry: number): number {
    return this.#entries[entry * 2 + 1] as number
  }

  place(entry: number): number {
    return this.#entries[entry * 2] as number
  }

  /** Where the hash stands in the table, or where it may be put. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1
    let slot = (hash << 1) & mask
    while (this.#slots[slot + 1] !== 0 && this.#slots[slot] !== hash) slot = (slot + 2) & mask
    return slot
  }

  #growSlots(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue
      const slot = this.#slotOf(old[at] as number)
      this.#slots[slot] = old[at] as number
      this.#slots[slot + 1] = old[at + 1] as number
    }
  }

  #growEntries(): void {
    const more = new Uint32Array(this.#entries.length * 2)
    more.set(this.#entries)
    this.#entries = more
  }
}

/** Which texts were seen, by 32 bits of each: one that is new is told for sure, one that is not may only have equal bits. */
export class SeenTexts {
  /** Open addressing; 0 is a free slot. At most half of them are taken. */
  readonly #slots: Uint32Array

  /** For at most so many texts. */
  constructor(most: number) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * most + 2)))
  }

  /** Takes the text in. */
  isNew(text: string): boolean {
    const hash = hash32(text) || 1
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let found = this.#slots[slot]; found !== 0; found = this.#slots[slot]) {
      if (found === hash) return false
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = hash
    return true
  }
}

/** FNV of two units at a time, turned and mixed so that its low bits depend on all of them. */
function hash32(text: string): number {
  let hash = 0x811c9dc5 | 0
  const even = text.length & ~1
  for (let i = 0; i < even; i += 2) {
    const pair = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ pair, 0x01000193)
  }
  if (even < text.length) hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ text.charCodeAt(even), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
