import type { Scope } from '../domain/agreement.ts'
import type { AccountWord } from '../domain/reconfirmation.ts'

/** An account id as one consent gave it out; the same account has as many of them as it was linked. */
export type IssuedAccount = {
  id: string
  /** The account in the world. */
  key: string
  requisition: string
  agreement: string
  institution: string
  created: string
  lastAccessed: string | null
  /** Instants (ms) of the successful calls that still count towards the daily limit. */
  successes: Record<Scope, number[]>
  /** Until this instant (ms) the account is being prepared. */
  readyAt?: number
  /** Failures in a row that count towards suspension, and whether it came to that. */
  failures?: number
  suspended?: boolean
  /** The first answer with rows (ms): a bank with separate history repeats that one. */
  historyAt?: number
} & AccountWord

export const issuedKey = (id: string) => `issued/${id.toLowerCase()}`
