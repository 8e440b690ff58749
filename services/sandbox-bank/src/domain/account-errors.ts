import { refusal } from './wire-error.ts'

/** Refusals of an account's data (gocardless.md §2.5). */

const couldNotUpdate = (scope: string) => `Couldn't update account ${scope}`

/** An error of the bank's side: only these carry a `type`. */
export const bankError = (status: number, type: string, scope: string, detail: string) =>
  refusal(status, couldNotUpdate(scope), detail, type)

export const invalidAccountId = (found: string) =>
  refusal(400, 'Invalid Account ID', `${found} is not a valid Account UUID. `)

export const accountNotFound = (id: string) =>
  refusal(404, `Account ID ${id} not found`, 'Please check whether you specified a valid Account ID')

export const noValidAgreement = () =>
  refusal(
    403,
    'No valid End User Agreement',
    'Account exists but there is no valid End User Agreement permitting you to access it',
  )

export const scopeNotAgreed = (scope: string) =>
  refusal(
    403,
    'End User Agreement (EUA) access scope error',
    `EUA doesn't allow access to account ${scope}. Check EUA access scope. Or create new EUA with correct access scope`,
  )

export const accessExpired = (scope: string) =>
  bankError(
    401,
    'AccessExpiredError',
    scope,
    'Access has expired or it has been revoked. To restore access reconnect the account.',
  )

export const accountSuspended = () =>
  refusal(
    409,
    'Account suspended',
    'This account or its requisition was suspended due to numerous errors that occurred while accessing it.',
  )

export const bankRateLimited = (scope: string) =>
  bankError(429, 'RateLimitError', scope, 'Daily request limit set by the Institution has been exceeded.')

/** Seen while a bank was switched off at the provider; its accounts come back with it (§2.1). */
export const notOperational = (institutionId: string, scope: string) =>
  bankError(503, 'ServiceError', scope, `Institution ${institutionId} is not operational`)
