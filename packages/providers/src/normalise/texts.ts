import { clean, squash, ws } from '../identity/text.ts'
import { asText, firstLine, linesOf, type RawRow } from './fields.ts'
import type { BankProfile, TextSource } from './profile.ts'

export interface Texts {
  description: string
  counterparty: string | null
}

/** What a row says in words, before its amount's sign has told which side is the other one. */
export interface Wording {
  /** The bank's text without its clutter. */
  text: string
  firstLine(): string
  /** The text as lines, and the fields that some banks put everything into. */
  from(source: TextSource): readonly string[]
}

const creditorOf = (row: RawRow) => asText(row['ultimateCreditor']) || asText(row['creditorName'])
const debtorOf = (row: RawRow) => asText(row['ultimateDebtor']) || asText(row['debtorName'])

/**
 * Description and counterparty of a row (§8.4). The counterparty is the other side by the sign; then what the bank's profile
 * finds in the texts; then the opposite side, only where the holder is known and is not that; then the first line of the text.
 */
export function textsOf(
  row: RawRow,
  wording: Wording,
  amountMinor: bigint,
  { ownerName, profile }: { ownerName?: string; profile: BankProfile },
): Texts {
  const party = partyOf(row, wording, amountMinor, ownerName, profile)
  const description = wording.text || asText(row['proprietaryBankTransactionCode']) || party
  return { description, counterparty: party || wording.firstLine() || null }
}

export function wordingOf(row: RawRow, profile: BankProfile): Wording {
  return new RowWording(row, profile)
}

class RowWording implements Wording {
  readonly text: string
  readonly #row: RawRow
  readonly #profile: BankProfile
  readonly #remittance: Remittance

  constructor(row: RawRow, profile: BankProfile) {
    this.#row = row
    this.#profile = profile
    this.#remittance = remittanceOf(row, profile)
    this.text = this.#cleaned(this.#remittance.text)
  }

  /** Asked for only where nothing else names the other side. */
  firstLine(): string {
    const { text, stated } = this.#remittance
    const first = typeof stated === 'object' ? linesOf(stated)[0] : firstLine(stated)
    return this.#cleaned(first || text)
  }

  from(source: TextSource): readonly string[] {
    const row = this.#row
    if (source === 'text') return [this.text]
    if (source === 'lines') {
      const lines = linesOf(row['remittanceInformationUnstructuredArray'])
      return lines.length > 0 ? lines : [this.text]
    }
    if (source === 'additional') return [asText(row['additionalInformation'])]
    return [
      asText(row['remittanceInformationStructured']),
      linesOf(row['remittanceInformationStructuredArray']).join(' '),
    ]
  }

  #cleaned(text: string): string {
    return isPlain(this.#profile) ? text : tidied(text, this.#profile)
  }
}

const isPlain = ({ brokenWords, clutter, unicodeEscapes }: BankProfile) =>
  brokenWords.length === 0 && clutter.length === 0 && !unicodeEscapes

function tidied(text: string, profile: BankProfile): string {
  let tidy = profile.unicodeEscapes
    ? text.replace(/\\U([0-9a-fA-F]{4})/g, (_, unit) => String.fromCharCode(Number.parseInt(unit, 16)))
    : text
  for (const word of profile.brokenWords) tidy = tidy.replace(brokenPattern(word), word)
  for (const pattern of profile.clutter) tidy = tidy.replace(pattern, ' ')
  return clean(ws(tidy))
}

const patterns = new Map<string, RegExp>()

/** The word with at most one blank between any two of its characters. */
function brokenPattern(word: string): RegExp {
  let pattern = patterns.get(word)
  if (pattern === undefined) {
    const characters = [...word].map((character) => character.replace(/[.*+?^${}()|[\]\\-]/, '\\$&'))
    pattern = new RegExp(characters.join(' ?'), 'gi')
    patterns.set(word, pattern)
  }
  return pattern
}

/** The text, and what stands in the field that it was taken from. */
interface Remittance {
  text: string
  stated: unknown
}

function remittanceOf(row: RawRow, profile: BankProfile): Remittance {
  if (profile.additionalInformation === 'first') {
    const found = textIn(row['additionalInformation'])
    if (found.text !== '') return found
  }
  const found = statedRemittance(row)
  if (found === undefined) return textIn(row['additionalInformation'])
  if (profile.additionalInformation !== 'appended') return found
  const more = asText(row['additionalInformation'])
  return more === '' ? found : { ...found, text: `${found.text} ${more}` }
}

/** Some banks give a list where a text is due, or the structure that a reference stands in. */
function textIn(stated: unknown): Remittance {
  return { text: typeof stated === 'object' ? linesOf(stated).join(' ') : asText(stated), stated }
}
const linesIn = (stated: unknown): Remittance => ({ text: linesOf(stated).join(' '), stated })

function statedRemittance(row: RawRow): Remittance | undefined {
  const plain = textIn(row['remittanceInformationUnstructured'])
  const lines = row['remittanceInformationUnstructuredArray']
  if (lines !== undefined) {
    const whole = linesIn(lines)
    if (whole.text.length > plain.text.length) {
      if (plain.text === '' || squash(whole.text).includes(squash(plain.text))) return whole
    }
  }
  if (plain.text !== '') return plain
  const structured = textIn(row['remittanceInformationStructured'])
  if (structured.text !== '') return structured
  const references = linesIn(row['remittanceInformationStructuredArray'])
  return references.text === '' ? undefined : references
}

function partyOf(
  row: RawRow,
  wording: Wording,
  amountMinor: bigint,
  ownerName: string | undefined,
  profile: BankProfile,
): string {
  const early = partyInTexts(wording, amountMinor, profile, true)
  if (early !== '') return early
  if (amountMinor === 0n) return creditorOf(row) || debtorOf(row)
  const out = amountMinor < 0n
  const name = out ? creditorOf(row) : debtorOf(row)
  if (name !== '') return name
  const told = partyInTexts(wording, amountMinor, profile, false)
  if (told !== '' || ownerName === undefined) return told
  return out
    ? unlessHolder(row['ultimateDebtor'], ownerName) || unlessHolder(row['debtorName'], ownerName)
    : unlessHolder(row['ultimateCreditor'], ownerName) || unlessHolder(row['creditorName'], ownerName)
}

function unlessHolder(stated: unknown, ownerName: string): string {
  const text = asText(stated)
  return text === '' || isHolder(text, ownerName) ? '' : text
}

const TITLES = new Set(['mr', 'mrs', 'ms', 'miss', 'dr', 'herr', 'frau'])
/** No name has more; a text that is none is not compared with itself word by word. */
const MAX_WORDS = 16

function wordsOf(name: string): string[] {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return words.filter((word) => word !== '' && !TITLES.has(word)).slice(0, MAX_WORDS)
}

const isInitial = (one: string, other: string) => one.length === 1 && other.startsWith(one)

/**
 * Whether a name is the holder's, in whatever order and however short it is written (§5 #26): `HARTLEY J` is Jo Hartley. Every
 * word of the shorter one stands in the other, in full or as an initial, at least one of them in full.
 */
function isHolder(name: string, ownerName: string): boolean {
  if (squash(name) === squash(ownerName)) return true
  const [short = [], long = []] = [wordsOf(name), wordsOf(ownerName)].sort((a, b) => a.length - b.length)
  const isThere = (word: string) =>
    long.some((other) => word === other || isInitial(word, other) || isInitial(other, word))
  return short.some((word) => word.length > 1 && long.includes(word)) && short.every(isThere)
}

function partyInTexts(wording: Wording, amountMinor: bigint, profile: BankProfile, beforeNames: boolean): string {
  if (profile.party.length === 0) return ''
  const side = amountMinor < 0n ? 'out' : 'in'
  for (const one of profile.party) {
    if ((one.beforeNames ?? false) !== beforeNames || (one.side !== undefined && one.side !== side)) continue
    for (const text of wording.from(one.from)) {
      const name = clean(one.pattern.exec(text)?.groups?.['name'] ?? '')
      if (name !== '') return name
    }
  }
  return ''
}
