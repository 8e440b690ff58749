import { type Rest, requests } from '@pf/contracts'
import type { Ask } from './ask.ts'

/** An account's decisions are read, and the raw objects of one payment opened. */
const deadlineMs = 30_000

/**
 * What storage knows of a payment, beside what the marts make of it: of the payment that it is now, where it was merged.
 * Throws transaction_not_found.
 */
export async function explanation(ask: Ask, id: string): Promise<Rest.Explanation> {
  const asked = await ask(requests.analytics.transaction, { id })
  const placed = asked.transaction === null ? {} : { accountId: asked.transaction.account_id }
  const history = await ask(requests.storage.explain, { id, ...placed }, { deadlineMs })
  const present =
    history.transaction_id === id ? asked : await ask(requests.analytics.transaction, { id: history.transaction_id })
  return { ...history, ...present }
}
