const BLANK = 0x20
const LAST_ASCII = 0x7e

/** What `ws` does with a UTF-16 unit. */
const [KEEP, SPACE, DROP] = [0, 1, 2]

/**
 * Of each unit: dropped are soft hyphens, zero-width and bidi characters; control characters (Cc) and all that `\s` matches are
 * space. A table, since a regular expression for each would go over every text anew.
 */
const KINDS = (() => {
  const kinds = new Uint8Array(0x10000)
  const mark = (kind: number, ...ranges: readonly (readonly [from: number, to: number])[]) => {
    for (const [from, to] of ranges) kinds.fill(kind, from, to + 1)
  }
  mark(SPACE, [0, 0x20], [0x7f, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f])
  mark(SPACE, [0x205f, 0x205f], [0x3000, 0x3000])
  mark(DROP, [0xad, 0xad], [0x61c, 0x61c], [0x180e, 0x180e], [0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x206f])
  mark(DROP, [0xfeff, 0xfeff])
  return kinds
})()

/** Without invisible characters, every run of white space and control characters one blank, trimmed (§8.1). */
export function ws(text: string): string {
  const untidy = firstUntidy(text)
  return untidy === text.length ? text : tidied(text, untidy)
}

/** Where there is something to do; nearly all texts are ASCII with single blanks between words, which one pass tells. */
function firstUntidy(text: string): number {
  let before = BLANK
  let i = 0
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < BLANK || unit > LAST_ASCII || (unit === BLANK && before === BLANK)) return i
    before = unit
  }
  return before === BLANK && i > 0 ? i - 1 : i
}

/** Everything before `untidy` is tidy, but for a blank just there. Puts together the stretches that stay as they are. */
function tidied(text: string, untidy: number): string {
  let tidy = ''
  let start = 0
  let apart = false
  for (let i = text.charCodeAt(untidy - 1) === BLANK ? untidy - 1 : untidy; i <= text.length; i++) {
    const kind = i === text.length ? SPACE : KINDS[text.charCodeAt(i)]
    if (kind === KEEP || (text.charCodeAt(i) === BLANK && i > start && KINDS[text.charCodeAt(i + 1)] === KEEP)) continue
    if (i > start) {
      const joins = apart && tidy !== ''
      // The blank between two stretches mostly stands before the second one, and is taken with it.
      const taken = joins && text.charCodeAt(start - 1) === BLANK
      const stretch = text.slice(taken ? start - 1 : start, i)
      tidy += joins && !taken ? ` ${stretch}` : stretch
      apart = false
    }
    start = i + 1
    apart ||= kind === SPACE
  }
  return tidy
}

const PLACEHOLDERS = new Set(['NOTPROVIDED', 'NOTAVAILABLE', 'N/A', 'NA', 'NULL', 'NONE', 'UNDEFINED', '-', '0'])
const LONGEST_PLACEHOLDER = Math.max(...[...PLACEHOLDERS].map(({ length }) => length))
/** Units that one may begin with, in either case. */
const BEGINNINGS = new Set([...PLACEHOLDERS].flatMap(([first = '']) => [first, first.toLowerCase()]).map(unitOf))

function unitOf(text: string): number {
  return text.charCodeAt(0)
}

/** `ws`, and empty where a bank writes a word for nothing. The bank's spelling stays. */
export function clean(text: string): string {
  const kept = ws(text)
  const short = kept.length <= LONGEST_PLACEHOLDER
  return short && BEGINNINGS.has(unitOf(kept)) && PLACEHOLDERS.has(kept.toUpperCase()) ? '' : kept
}

/** Letters and digits only, case-folded: for comparing, never for showing. */
export function squash(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

const LAST_LATIN_1 = 0xff
/** What `squash` makes of each unit of Latin 1, none of which says anything of its neighbours; 0 is nothing. */
const FOLDED = Uint8Array.from({ length: LAST_LATIN_1 + 1 }, (_, unit) => {
  const folded = squash(String.fromCharCode(unit))
  return folded === '' ? 0 : folded.charCodeAt(0)
})

const FNV_PRIME = 0x01000193
const OTHER_PRIME = 0x5bd1e995
const QUOTE = 0x22
const BACKSLASH = 0x5c

const LOW_START = 0x811c9dc5 | 0
const HIGH_START = 0x9e3779b9 | 0

/**
 * `hash64` of a text that comes in parts: every row is hashed twice, and no part is written out only to be read once. With its
 * digest it begins anew, so that one serves all rows.
 */
export class Hash64 {
  #low = LOW_START
  #high = HIGH_START

  add(text: string): this {
    let [low, high] = [this.#low, this.#high]
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      low = Math.imul(low ^ unit, FNV_PRIME)
      high = Math.imul(high ^ unit, OTHER_PRIME)
      high ^= high >>> 15
    }
    this.#low = low
    this.#high = high
    return this
  }

  /** As `add(squash(text))`. */
  addSquashed(text: string): this {
    let [low, high] = [this.#low, this.#high]
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > LAST_LATIN_1) return this.add(squash(text))
      const folded = FOLDED[unit] as number
      if (folded === 0) continue
      low = Math.imul(low ^ folded, FNV_PRIME)
      high = Math.imul(high ^ folded, OTHER_PRIME)
      high ^= high >>> 15
    }
    this.#low = low
    this.#high = high
    return this
  }

  /** As `add(JSON.stringify(text ?? null))`. */
  addJson(text: string | null | undefined): this {
    if (text === null || text === undefined) return this.add('null')
    let [low, high] = [Math.imul(this.#low ^ QUOTE, FNV_PRIME), Math.imul(this.#high ^ QUOTE, OTHER_PRIME)]
    high ^= high >>> 15
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      // Written otherwise than it stands: nothing of it has been taken in yet.
      const escaped = unit < BLANK || unit === QUOTE || unit === BACKSLASH || (unit >= 0xd800 && unit <= 0xdfff)
      if (escaped) return this.add(JSON.stringify(text))
      low = Math.imul(low ^ unit, FNV_PRIME)
      high = Math.imul(high ^ unit, OTHER_PRIME)
      high ^= high >>> 15
    }
    this.#low = low
    this.#high = high
    return this.add('"')
  }

  /** 16 hex digits. */
  digest(): string {
    let [low, high] = [this.#low, this.#high]
    this.#low = LOW_START
    this.#high = HIGH_START
    low = Math.imul(low ^ (low >>> 16) ^ high, 0x85ebca6b)
    high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35)
    return hex(high ^ (high >>> 16), low ^ (low >>> 13))
  }
}

/**
 * 64 bits of a text as 16 hex digits (two FNV-1a lanes, mixed). Not cryptographic: it tells rows apart whose date, amount
 * and currency are equal anyhow, and whether one row changed.
 */
export function hash64(text: string): string {
  return new Hash64().add(text).digest()
}

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
const digit = (word: number, place: number): number => DIGITS[(word >>> (place * 4)) & 15] as number

/** All digits in one call: a number's own `toString`, and padding and joining it, cost several times as much. */
function hex(high: number, low: number): string {
  return String.fromCharCode(
    digit(high, 7),
    digit(high, 6),
    digit(high, 5),
    digit(high, 4),
    digit(high, 3),
    digit(high, 2),
    digit(high, 1),
    digit(high, 0),
    digit(low, 7),
    digit(low, 6),
    digit(low, 5),
    digit(low, 4),
    digit(low, 3),
    digit(low, 2),
    digit(low, 1),
    digit(low, 0),
  )
}

const MIN_CONTAINED = 4
const MIN_COMMON_WORDS = 0.5

interface Texts {
  description: string
  counterparty: string | null
}

/**
 * Tells how alike the texts of two rows are: 1 where one contains the other (with at least 4 characters), else the share of
 * common words in the longer one, from 0.5 on; 0 is "not similar" (§8.5, pass 4). Remembers what it prepared of each row.
 */
export function textComparison(): (a: Texts, b: Texts) => number {
  const known = new Map<Texts, Prepared>()
  const prepared = (row: Texts): Prepared => {
    let found = known.get(row)
    if (found === undefined) {
      found = prepare(joined(row))
      known.set(row, found)
    }
    return found
  }
  return (a, b) => similarity(prepared(a), prepared(b))
}

interface Prepared {
  squashed: string
  words: Set<string>
}

/** Of longer texts the beginning is compared: banks cut theirs at some hundred characters. */
const MAX_COMPARED = 2_000

function prepare(whole: string): Prepared {
  const text = whole.slice(0, MAX_COMPARED)
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return { squashed: squash(text), words: new Set(words) }
}

function similarity(a: Prepared, b: Prepared): number {
  const [short, long] = a.squashed.length <= b.squashed.length ? [a, b] : [b, a]
  if (short.squashed.length >= MIN_CONTAINED && long.squashed.includes(short.squashed)) return 1
  const larger = Math.max(a.words.size, b.words.size)
  if (larger === 0) return 0
  let common = 0
  for (const word of a.words) if (b.words.has(word)) common++
  return common / larger >= MIN_COMMON_WORDS ? common / larger : 0
}

/** A counterparty that was taken from the text says nothing new. */
function joined({ description, counterparty }: Texts): string {
  return counterparty === null || description.startsWith(counterparty) ? description : `${counterparty} ${description}`
}
