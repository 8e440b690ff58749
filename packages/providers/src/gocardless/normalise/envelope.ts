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

/** Only `transactions.booked` is guaranteed; `pending` may be absent (§4). Throws UnreadablePayload. */
export function transactionsOf(body: unknown): TransactionsEnvelope {
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
