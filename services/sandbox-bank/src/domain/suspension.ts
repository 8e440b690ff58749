/** Consecutive failures of an account at which it is suspended for good, and at which its status turns to ERROR (§3.3). */
export const SUSPENDED_AT = 10
const TROUBLED_AT = 3

/** Failures of the bank's side that count; RateLimitError, ServiceError and ConnectionError do not. */
const COUNTED = ['UnknownRequestError', 'AccessExpiredError', 'AccountInactiveError', 'AccountAccessForbidden']

export function countsAsFailure(type: unknown): boolean {
  return typeof type === 'string' && COUNTED.includes(type)
}

export type AccountStatus = 'PROCESSING' | 'READY' | 'ERROR' | 'EXPIRED' | 'SUSPENDED'

/** "Recalculated from the error count of the latest requests" (§2.5), and from what became of the consent. */
export function accountStatus(of: {
  suspended: boolean
  accessOver: boolean
  processing: boolean
  failures: number
}): AccountStatus {
  if (of.suspended) return 'SUSPENDED'
  if (of.accessOver) return 'EXPIRED'
  if (of.processing) return 'PROCESSING'
  return of.failures >= TROUBLED_AT ? 'ERROR' : 'READY'
}
