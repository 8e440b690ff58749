/**
 * What the wire refuses with (gocardless.md §11). Which HTTP status goes with which code is documented nowhere: recorded
 * ones are as recorded (401 of a session, 422 of a code, a key or a parameter, 429 of the bank), the rest go by their kind.
 */
const REFUSALS = {
  UNAUTHORIZED_ACCESS: [401, 'Unauthorized access'],
  WRONG_REQUEST_PARAMETERS: [422, 'Wrong request parameters provided'],
  WRONG_ASPSP_PROVIDED: [422, 'Wrong ASPSP name provided'],
  REDIRECT_URI_NOT_ALLOWED: [422, 'Redirect URI not allowed'],
  WRONG_AUTHORIZATION_CODE: [422, 'Wrong authorization code provided'],
  EXPIRED_AUTHORIZATION_CODE: [422, 'Authorization code is expired'],
  ALREADY_AUTHORIZED: [422, 'Session is already authorized'],
  NO_ACCOUNTS_ADDED: [422, 'No allowed accounts added to the application'],
  SESSION_DOES_NOT_EXIST: [404, 'Session does not exist'],
  EXPIRED_SESSION: [401, 'Session is expired'],
  CLOSED_SESSION: [401, 'Session is closed'],
  ACCOUNT_DOES_NOT_EXIST: [404, 'Account does not exist'],
  INVALID_ACCOUNT_ID: [422, 'Invalid account id provided'],
  TRANSACTION_DOES_NOT_EXIST: [404, 'Transaction does not exist'],
  PSU_HEADER_NOT_PROVIDED: [422, 'Required PSU header is not provided'],
  ASPSP_RATE_LIMIT_EXCEEDED: [429, 'ASPSP rate limit exceeded'],
  ASPSP_ERROR: [400, 'Error interacting with ASPSP'],
  ASPSP_TIMEOUT: [408, 'Timeout interacting with ASPSP'],
  WRONG_TRANSACTIONS_PERIOD: [422, 'Wrong transactions period requested'],
  WRONG_DATE_INTERVAL: [422, 'date_from must not be later than date_to'],
  DATE_FROM_IN_FUTURE: [422, 'date_from must not be in the future'],
  DATE_TO_WITHOUT_DATE_FROM: [422, 'date_to must be provided with date_from'],
  WRONG_CONTINUATION_KEY: [422, 'Wrong continuation key provided'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type RefusalCode = keyof typeof REFUSALS

/** An error of Enable Banking's wire: its status and its body. */
export class Refused extends Error {
  readonly status: number
  readonly body: { message: string; code: number; error: string; detail: unknown }

  constructor(error: RefusalCode, more: { message?: string; detail?: unknown } = {}) {
    super(`the wire refuses with ${error}`)
    const [status, message] = REFUSALS[error]
    this.name = 'Refused'
    this.status = status
    this.body = { message: more.message ?? message, code: status, error, detail: more.detail ?? null }
  }
}

/** A parameter that is missing or malformed, in words. */
export const wrongParameter = (detail: string): Refused => new Refused('WRONG_REQUEST_PARAMETERS', { detail })
