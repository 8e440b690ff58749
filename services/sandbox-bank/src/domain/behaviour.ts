import { NO_SCOPE_RULES, type ScopeRules } from './agreement.ts'
import { type Institution, SANDBOX_INSTITUTION } from './institutions.ts'

/** How a bank behaves beyond what its record says (gocardless.md §13.3, §13.5, §13.6). */
export type Behaviour = {
  /** A disabled bank is in no list, and its accounts answer 503 until it is back. */
  operational: boolean
  /** The bank's own page for the log-in stands behind the page of the consent. */
  loginPage: boolean
  /** Seconds of the bank's clock for which its accounts are prepared after a link. */
  processingSeconds: number
  /** Successes an account, scope and day that the bank itself allows; null: as many as the API does. */
  dailyCalls: number | null
  ignoresDateFrom: boolean
  scopes: ScopeRules
}

/** The parts of a bank that a test may set; the rest stays as it is. */
export type BankOrders = {
  institution: Partial<Omit<Institution, 'id'>>
  behaviour: Partial<Behaviour>
}

/** The demo bank is quick: one page, and its accounts are ready at once. */
export function behaviourOf(institutionId: string, ordered: Partial<Behaviour> = {}): Behaviour {
  return {
    operational: true,
    loginPage: institutionId !== SANDBOX_INSTITUTION,
    processingSeconds: 0,
    dailyCalls: null,
    ignoresDateFrom: false,
    scopes: NO_SCOPE_RULES,
    ...ordered,
  }
}
