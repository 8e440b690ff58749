import { squash } from '../../identity/text.ts'
import { firstLine, firstText, linesOf, type RawRow, textOf } from './fields.ts'

export interface Texts {
  description: string
  counterparty: string | null
}

const CREDITOR = ['ultimateCreditor', 'creditorName'] as const
const DEBTOR = ['ultimateDebtor', 'debtorName'] as const

/**
 * Description and counterparty of a row (§8.4). The counterparty is the other side by the sign; the opposite side only where
 * the holder is known and is not that; then the first line of the text.
 */
export function textsOf(row: RawRow, amountMinor: bigint, ownerName: string | undefined): Texts {
  const remittance = remittanceOf(row)
  const party = partyOf(row, amountMinor, ownerName)
  const description = remittance.text || firstText(row, ['proprietaryBankTransactionCode']) || party
  return { description, counterparty: party || remittance.firstLine || null }
}

function remittanceOf(row: RawRow): { text: string; firstLine: string } {
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
  if (structuredLines.length > 0) return { text: structuredLines.join(' '), firstLine: structuredLines[0] ?? '' }
  return { text: textOf(row, 'additionalInformation'), firstLine: firstLine(row['additionalInformation']) }
}

function partyOf(row: RawRow, amountMinor: bigint, ownerName: string | undefined): string {
  if (amountMinor === 0n) return firstText(row, [...CREDITOR, ...DEBTOR])
  const name = firstText(row, amountMinor < 0n ? CREDITOR : DEBTOR)
  if (name !== '' || ownerName === undefined) return name
  const opposite = (amountMinor < 0n ? DEBTOR : CREDITOR).map((field) => textOf(row, field))
  return opposite.find((text) => text !== '' && squash(text) !== squash(ownerName)) ?? ''
}
