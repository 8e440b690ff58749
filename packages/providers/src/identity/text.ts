const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/g
const CONTROL = /\p{Cc}/gu
const PLAIN = /^(?:[\x21-\x7e]+(?: [\x21-\x7e]+)*)?$/

/** Without invisible characters, every run of white space and control characters one blank, trimmed (§8.1). */
export function ws(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(INVISIBLE, '').replace(CONTROL, ' ').replace(/\s+/g, ' ').trim()
}

const PLACEHOLDERS = new Set(['NOTPROVIDED', 'NOTAVAILABLE', 'N/A', 'NA', 'NULL', 'NONE', 'UNDEFINED', '-', '0'])

/** `ws`, and empty where a bank writes a word for nothing. The bank's spelling stays. */
export function clean(text: string): string {
  const kept = ws(text)
  return PLACEHOLDERS.has(kept.toUpperCase()) ? '' : kept
}

/** Letters and digits only, case-folded: for comparing, never for showing. */
export function squash(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/**
 * 64 bits of a text as 16 hex digits (two FNV-1a lanes, mixed). Not cryptographic: it tells rows apart whose date, amount
 * and currency are equal anyhow, and whether one row changed.
 */
export function hash64(text: string): string {
  let low = 0x811c9dc5
  let high = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x5bd1e995)
    high ^= high >>> 15
  }
  low = Math.imul(low ^ (low >>> 16) ^ high, 0x85ebca6b)
  high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35)
  return hex(high ^ (high >>> 16)) + hex(low ^ (low >>> 13))
}

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')

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

function prepare(text: string): Prepared {
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
