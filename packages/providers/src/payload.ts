import { type AccountDetails, type Balance, balancesOf, detailsOf, identifiersOf } from './normalise/account.ts'
import { momentReader } from './normalise/day.ts'
import { balancesListOf, statedRowOf, transactionsOf } from './normalise/envelope.ts'
import { checkLists, parseCut, parseWhole } from './normalise/long-lists.ts'
import { type NormaliseContext, type Normalised, normaliseTransactions } from './normalise/transactions.ts'

/** The bytes that the bank sent, or what they parse to. */
export type Payload = Uint8Array | { readonly [key: string]: unknown }

/** Throws UnreadablePayload for bytes that are not JSON. */
export function parsePayload(body: Payload): unknown {
  return body instanceof Uint8Array ? parseWhole(body) : body
}

/**
 * A response of `/accounts/{id}/transactions/`, for the functions below that read one: its rows are parsed some hundred at a
 * time, as they are read. Throws UnreadablePayload where what lies around them is no JSON; so does reading them.
 */
export function openTransactions(body: Payload): Payload {
  // Where it is no object nobody finds rows in it.
  return body instanceof Uint8Array ? (parseCut(body) as Payload) : body
}

/** A response of `/accounts/{id}/transactions/` as neutral rows. Throws UnreadablePayload. See `normaliseTransactions`. */
export function normalise(body: Payload, context: NormaliseContext): Normalised {
  return readWhole(body, (opened) => normaliseTransactions(opened, context))
}

/** Text that is no JSON is told before any other fault, also where only what `read` leaves out is none. */
function readWhole<T>(body: Payload, read: (opened: Payload) => T): T {
  const opened = openTransactions(body)
  try {
    return read(opened)
  } finally {
    checkLists(opened)
  }
}

/**
 * Whether an answer is what its endpoint promises, so that its rows can be read later: JSON with the list of booked
 * transactions, or of balances. Single rows are not looked at. Tells when the bank says that it last brought it up to date.
 * Throws UnreadablePayload.
 */
export function checkAnswer(scope: 'transactions' | 'balances', body: Payload): { lastUpdated?: string } {
  if (scope === 'transactions') {
    const { lastUpdated } = readWhole(body, transactionsOf)
    return lastUpdated === undefined ? {} : { lastUpdated }
  }
  balancesListOf(parsePayload(body))
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
  const { booked, pending } = transactionsOf(openTransactions(body))
  return index < booked.length ? booked.at(index) : pending.at(index - booked.length)
}

/** The row that `normalise` counts as number `index` (booked, then pending), as the provider sent it. Throws UnreadablePayload. */
export function rawRowOf(body: Payload, index: number): unknown {
  return statedRowOf(openTransactions(body), index)
}
