import { neutralRows, statedRows } from '../enable-banking/rows.ts'
import { isRecord, type RawRow } from './fields.ts'

/** A parsed body that is not what the endpoint promises; nothing of it can be used. */
export class UnreadablePayload extends Error {
  readonly code = 'payload_unreadable'

  constructor(found: string, expected: string) {
    super(`payload_unreadable: found ${found}, expected ${expected}; keep the raw response and report the bank`)
    this.name = 'UnreadablePayload'
  }
}

export interface TransactionsEnvelope {
  booked: readonly unknown[]
  pending: readonly unknown[]
  lastUpdated?: string
}

/** The pages of an Enable Banking answer; undefined for any other body. A body says by its shape what it is (ADR 9). */
function pagesOf(body: unknown): readonly unknown[] | undefined {
  if (!isRecord(body)) return undefined
  const { pages } = body
  if (!Array.isArray(pages)) return undefined
  for (const page of pages) {
    if (isRecord(page) && Array.isArray(page['transactions'])) continue
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
  return index < booked.length ? booked[index] : pending[index - booked.length]
}

function goCardlessRows(body: unknown): TransactionsEnvelope {
  const transactions = isRecord(body) ? body['transactions'] : undefined
  const booked = isRecord(transactions) ? transactions['booked'] : undefined
  // No list is not an empty list: taken for one it would mark every stored row as missing.
  if (!isRecord(transactions) || !Array.isArray(booked)) {
    throw new UnreadablePayload('no list of booked transactions', '{"transactions":{"booked":[…]}}')
  }
  const pending = transactions['pending']
  const lastUpdated = isRecord(body) ? body['last_updated'] : undefined
  return {
    booked,
    pending: Array.isArray(pending) ? pending : [],
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
