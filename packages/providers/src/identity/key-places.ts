/**
 * Where texts stand, by 32 bits of each: texts are neither kept nor compared, so that one look-up touches two numbers of a
 * table instead of strings all over the memory. Texts of equal bits are found together, which the caller has to bear.
 * An entry's number is never 0.
 */
export class KeyPlaces {
  /** Open addressing: the number of the newest entry of a hash, 0 where none is. */
  #heads = new Uint32Array(64)
  #hashes = new Uint32Array(64)
  #places = new Uint32Array(64)
  /** The entry before of the same hash; 0 at the end. */
  #before = new Uint32Array(64)
  #count = 0
  #distinct = 0

  put(text: string, place: number): void {
    if ((this.#distinct + 1) * 2 > this.#heads.length) this.#growHeads()
    if (this.#count + 1 >= this.#places.length) this.#growEntries()
    const hash = hash32(text)
    const slot = this.#slotOf(hash)
    const head = this.#heads[slot] as number
    const entry = ++this.#count
    this.#hashes[entry] = hash
    this.#places[entry] = place
    this.#before[entry] = head
    this.#heads[slot] = entry
    if (head === 0) this.#distinct++
  }

  /** The first entry that may be of the text, or 0. */
  first(text: string): number {
    return this.#heads[this.#slotOf(hash32(text))] as number
  }

  next(entry: number): number {
    return this.#before[entry] as number
  }

  place(entry: number): number {
    return this.#places[entry] as number
  }

  #slotOf(hash: number): number {
    const mask = this.#heads.length - 1
    let slot = hash & mask
    for (;;) {
      const entry = this.#heads[slot] as number
      if (entry === 0 || this.#hashes[entry] === hash) return slot
      slot = (slot + 1) & mask
    }
  }

  #growHeads(): void {
    const old = this.#heads
    this.#heads = new Uint32Array(old.length * 2)
    for (const entry of old) if (entry !== 0) this.#heads[this.#slotOf(this.#hashes[entry] as number)] = entry
  }

  #growEntries(): void {
    this.#hashes = doubled(this.#hashes)
    this.#places = doubled(this.#places)
    this.#before = doubled(this.#before)
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(numbers.length * 2)
  more.set(numbers)
  return more
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
