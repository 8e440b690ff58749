import { neutralRows, statedRows } from '../enable-banking/rows.ts'
import { isRecord, type RawRow } from './fields.ts'
import { isList, type RowList } from './long-lists.ts'
import { UnreadablePayload } from './unreadable-payload.ts'

export interface TransactionsEnvelope {
  booked: RowList
  pending: RowList
  lastUpdated?: string
}

/** The pages of an Enable Banking answer; undefined for any other body. A body says by its shape what it is (ADR 9). */
function pagesOf(body: unknown): readonly unknown[] | undefined {
  if (!isRecord(body)) return undefined
  const { pages } = body
  if (!Array.isArray(pages)) return undefined
  for (const page of pages) {
    if (isRecord(page) && isList(page['transactions'])) continue
    throw new UnreadablePayload('a page without a list of transactions', '{"pages":[{"transactions":[…]}]}')
  }
  return pages
}

/** Rows in the neutral shape. GoCardless guarantees only `transactions.booked` (§4). Throws UnreadablePayload. */
export function transactionsOf(body: unknown): TransactionsEnvelope {
  const pages = pagesOf(body)
  return pages === undefined ? goCardlessRows(body) : neutralRows(pages)
}

/** The row that the normaliser counts as number `index`, as the provider sent it; undefined where there is none. */
export function statedRowOf(body: unknown, index: number): unknown {
  const pages = pagesOf(body)
  const { booked, pending } = pages === undefined ? goCardlessRows(body) : statedRows(pages)
  return index < booked.length ? booked.at(index) : pending.at(index - booked.length)
}

function goCardlessRows(body: unknown): TransactionsEnvelope {
  const transactions = isRecord(body) ? body['transactions'] : undefined
  const booked = isRecord(transactions) ? transactions['booked'] : undefined
  // No list is not an empty list: taken for one it would mark every stored row as missing.
  if (!isRecord(transactions) || !isList(booked)) {
    throw new UnreadablePayload('no list of booked transactions', '{"transactions":{"booked":[…]}}')
  }
  const pending = transactions['pending']
  const lastUpdated = isRecord(body) ? body['last_updated'] : undefined
  return {
    booked,
    pending: isList(pending) ? pending : [],
    ...(typeof lastUpdated === 'string' ? { lastUpdated } : {}),
  }
}

/** Throws UnreadablePayload. */
export function balancesListOf(body: unknown): readonly unknown[] {
  const balances = isRecord(body) ? body['balances'] : undefined
  if (!Array.isArray(balances)) throw new UnreadablePayload('no list of balances', '{"balances":[…]}')
  return balances
}

/** The record under `key` of a body. Throws UnreadablePayload. */
export function recordOf(body: unknown, key: string): RawRow {
  const found = isRecord(body) ? body[key] : undefined
  if (!isRecord(found)) throw new UnreadablePayload(`no object under ${key}`, `{"${key}":{…}}`)
  return found
}
