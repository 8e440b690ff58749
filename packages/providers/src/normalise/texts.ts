import { clean, squash, ws } from '../identity/text.ts'
import { firstLine, firstText, linesOf, type RawRow, textOf } from './fields.ts'
import type { BankProfile, TextSource } from './profile.ts'

export interface Texts {
  description: string
  counterparty: string | null
}

/** What a row says in words, before its amount's sign has told which side is the other one. */
export interface Wording {
  /** The bank's text without its clutter. */
  text: string
  firstLine: string
  /** The text as lines, and the fields that some banks put everything into. */
  from(source: TextSource): readonly string[]
}

const CREDITOR = ['ultimateCreditor', 'creditorName'] as const
const DEBTOR = ['ultimateDebtor', 'debtorName'] as const

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
  const description = wording.text || firstText(row, ['proprietaryBankTransactionCode']) || party
  return { description, counterparty: party || wording.firstLine || null }
}

export function wordingOf(row: RawRow, profile: BankProfile): Wording {
  const remittance = remittanceOf(row, profile)
  const cleaned = (text: string) => (isPlain(profile) ? text : tidied(text, profile))
  const text = cleaned(remittance.text)
  return {
    text,
    firstLine: cleaned(remittance.firstLine),
    from(source) {
      if (source === 'text') return [text]
      if (source === 'lines') {
        const lines = linesOf(row, 'remittanceInformationUnstructuredArray')
        return lines.length > 0 ? lines : [text]
      }
      if (source === 'additional') return [textOf(row, 'additionalInformation')]
      return [
        textOf(row, 'remittanceInformationStructured'),
        linesOf(row, 'remittanceInformationStructuredArray').join(' '),
      ]
    },
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

function remittanceOf(row: RawRow, profile: BankProfile): { text: string; firstLine: string } {
  const additional = { text: textOf(row, 'additionalInformation'), firstLine: firstLine(row['additionalInformation']) }
  if (profile.additionalInformation === 'first' && additional.text !== '') return additional
  const found = statedRemittance(row)
  if (found === undefined) return additional
  const more = profile.additionalInformation === 'appended' && additional.text !== '' ? ` ${additional.text}` : ''
  return { text: found.text + more, firstLine: found.firstLine }
}

function statedRemittance(row: RawRow): { text: string; firstLine: string } | undefined {
  const unstructured = textOf(row, 'remittanceInformationUnstructured')
  const lines = linesOf(row, 'remittanceInformationUnstructuredArray')
  const whole = lines.join(' ')
  const completes = whole.length > unstructured.length && squash(whole).includes(squash(unstructured))
  if (whole !== '' && (unstructured === '' || completes)) return { text: whole, firstLine: lines[0] ?? '' }
  if (unstructured !== '') {
    return { text: unstructured, firstLine: firstLine(row['remittanceInformationUnstructured']) || unstructured }
  }
  const structured = textOf(row, 'remittanceInformationStructured')
  if (structured !== '') return { text: structured, firstLine: firstLine(row['remittanceInformationStructured']) }
  const structuredLines = linesOf(row, 'remittanceInformationStructuredArray')
  return structuredLines.length > 0
    ? { text: structuredLines.join(' '), firstLine: structuredLines[0] ?? '' }
    : undefined
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
  if (amountMinor === 0n) return firstText(row, [...CREDITOR, ...DEBTOR])
  const name = firstText(row, amountMinor < 0n ? CREDITOR : DEBTOR)
  if (name !== '') return name
  const told = partyInTexts(wording, amountMinor, profile, false)
  if (told !== '' || ownerName === undefined) return told
  const opposite = (amountMinor < 0n ? DEBTOR : CREDITOR).map((field) => textOf(row, field))
  return opposite.find((text) => text !== '' && squash(text) !== squash(ownerName)) ?? ''
}

function partyInTexts(wording: Wording, amountMinor: bigint, profile: BankProfile, beforeNames: boolean): string {
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
