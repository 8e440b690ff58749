import { type AccountDetails, type Balance, balancesOf, detailsOf, identifiersOf } from './normalise/account.ts'
import { momentReader } from './normalise/day.ts'
import { balancesListOf, statedRowOf, transactionsOf, UnreadablePayload } from './normalise/envelope.ts'
import { type NormaliseContext, type Normalised, normaliseTransactions } from './normalise/transactions.ts'

/** In Node and in browsers; declared here because this file also compiles with ECMAScript's own library alone. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string }

/** The bytes that the bank sent, or what they parse to. */
export type Payload = Uint8Array | { readonly [key: string]: unknown }

/** Throws UnreadablePayload for bytes that are not JSON. */
export function parsePayload(body: Payload): unknown {
  if (!(body instanceof Uint8Array)) return body
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which is personal data: it is not passed on.
    throw new UnreadablePayload(`${body.byteLength} bytes that are no JSON`, 'JSON')
  }
}

/** A response of `/accounts/{id}/transactions/` as neutral rows. Throws UnreadablePayload. See `normaliseTransactions`. */
export function normalise(body: Payload, context: NormaliseContext): Normalised {
  return normaliseTransactions(parsePayload(body), context)
}

/**
 * Whether an answer is what its endpoint promises, so that its rows can be read later: JSON with the list of booked
 * transactions, or of balances. Single rows are not looked at. Tells when the bank says that it last brought it up to date.
 * Throws UnreadablePayload.
 */
export function checkAnswer(scope: 'transactions' | 'balances', body: Payload): { lastUpdated?: string } {
  const parsed = parsePayload(body)
  if (scope === 'transactions') {
    const { lastUpdated } = transactionsOf(parsed)
    return lastUpdated === undefined ? {} : { lastUpdated }
  }
  balancesListOf(parsed)
  return {}
}

/** The calendar day in an IANA zone of what a bank wrote as a day or a moment (§8.3); undefined where it is neither. */
export function localDayOf(text: string | undefined, timeZone: string): string | undefined {
  return momentReader(timeZone)(text)?.day
}

/** Metadata and details of an account, merged. Throws UnreadablePayload. */
export function readDetails(metadataBody: Payload, detailsBody: Payload): AccountDetails {
  return detailsOf(parsePayload(metadataBody), parsePayload(detailsBody))
}

/** Throws UnreadablePayload. */
export function readBalances(body: Payload): Balance[] {
  return balancesOf(parsePayload(body))
}

/** The plain identifiers of an account; see `identifiersOf`. Throws UnreadablePayload. */
export function fingerprintsOf(details: Payload, metadata: Payload, institutionId: string, currency: string): string[] {
  return identifiersOf(parsePayload(details), parsePayload(metadata), institutionId, currency)
}

/** That row in the neutral shape, as the normaliser reads it; null where its provider's form says nothing. Throws UnreadablePayload. */
export function neutralRowOf(body: Payload, index: number): unknown {
  const { booked, pending } = transactionsOf(parsePayload(body))
  return index < booked.length ? booked[index] : pending[index - booked.length]
}

/** The row that `normalise` counts as number `index` (booked, then pending), as the provider sent it. Throws UnreadablePayload. */
export function rawRowOf(body: Payload, index: number): unknown {
  return statedRowOf(parsePayload(body), index)
}
