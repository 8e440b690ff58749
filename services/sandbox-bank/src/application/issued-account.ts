import type { Scope } from '../domain/agreement.ts'

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
}

export const issuedKey = (id: string) => `issued/${id.toLowerCase()}`
