const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/g
const CONTROL = /\p{Cc}/gu
const BLANK = 0x20
const LAST_ASCII = 0x7e

/** Without invisible characters, every run of white space and control characters one blank, trimmed (§8.1). */
export function ws(text: string): string {
  if (isTidy(text)) return text
  return text.replace(INVISIBLE, '').replace(CONTROL, ' ').replace(/\s+/g, ' ').trim()
}

/** ASCII with single blanks between words, as nearly all texts are: there is nothing to do, which one pass tells. */
function isTidy(text: string): boolean {
  let before = BLANK
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < BLANK || unit > LAST_ASCII || (unit === BLANK && before === BLANK)) return false
    before = unit
  }
  return text === '' || before !== BLANK
}

const PLACEHOLDERS = new Set(['NOTPROVIDED', 'NOTAVAILABLE', 'N/A', 'NA', 'NULL', 'NONE', 'UNDEFINED', '-', '0'])
const LONGEST_PLACEHOLDER = Math.max(...[...PLACEHOLDERS].map(({ length }) => length))

/** `ws`, and empty where a bank writes a word for nothing. The bank's spelling stays. */
export function clean(text: string): string {
  const kept = ws(text)
  return kept.length <= LONGEST_PLACEHOLDER && PLACEHOLDERS.has(kept.toUpperCase()) ? '' : kept
}

/** Letters and digits only, case-folded: for comparing, never for showing. */
export function squash(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** `hash64` of a text that comes in parts. Every row is hashed twice: no part is written out only to be read once. */
export class Hash64 {
  #low = 0x811c9dc5 | 0
  #high = 0x9e3779b9 | 0

  add(text: string): this {
    let [low, high] = [this.#low, this.#high]
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      low = Math.imul(low ^ unit, 0x01000193)
      high = Math.imul(high ^ unit, 0x5bd1e995)
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
      let unit = text.charCodeAt(i)
      if (unit >= 0x80) return this.add(squash(text))
      if (unit >= 0x41 && unit <= 0x5a) unit += 0x20
      if ((unit < 0x61 || unit > 0x7a) && (unit < 0x30 || unit > 0x39)) continue
      low = Math.imul(low ^ unit, 0x01000193)
      high = Math.imul(high ^ unit, 0x5bd1e995)
      high ^= high >>> 15
    }
    this.#low = low
    this.#high = high
    return this
  }

  /** As `add(JSON.stringify(text ?? null))`. */
  addJson(text: string | null | undefined): this {
    if (text === null || text === undefined) return this.add('null')
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < BLANK || unit > LAST_ASCII || unit === QUOTE || unit === BACKSLASH)
        return this.add(JSON.stringify(text))
    }
    return this.add('"').add(text).add('"')
  }

  /** 16 hex digits. */
  digest(): string {
    let [low, high] = [this.#low, this.#high]
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
/** Four digits in one call: a number's own `toString`, and padding it, cost several times as much. */
const four = (word: number, place: number) =>
  String.fromCharCode(digit(word, place + 3), digit(word, place + 2), digit(word, place + 1), digit(word, place))
const hex = (high: number, low: number) => four(high, 4) + four(high, 0) + four(low, 4) + four(low, 0)

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
