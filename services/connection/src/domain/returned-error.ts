/** What a browser that returns without a consent is told. */
export type Ends = { outcome: 'cancelled' | 'failed'; error: string }

const cancelled = 'The consent was cancelled at the bank.'
const technical = 'The bank had a technical problem. Try again later.'
const late = 'The bank did not answer in time. Try again later.'
const reused = 'This link was used before. Start again.'
const notGiven = 'The bank did not grant access. Start again.'

/** By the names that a return may carry: GoCardless' (gocardless.md §3.2, an open set), and those of OAuth (Enable Banking). */
const words: Readonly<Record<string, Ends>> = {
  UserCancelledSession: { outcome: 'cancelled', error: cancelled },
  SSNVerificationFailed: { outcome: 'failed', error: 'The bank could not verify the identity number. Start again.' },
  InstitutionTechnicalError: { outcome: 'failed', error: technical },
  InstitutionTimeoutError: { outcome: 'failed', error: late },
  GoCardlessTechnicalError: {
    outcome: 'failed',
    error: 'The bank data provider had a technical problem. Try again later.',
  },
  RequisitionLinkReused: { outcome: 'failed', error: reused },
  access_denied: { outcome: 'cancelled', error: cancelled },
  server_error: { outcome: 'failed', error: technical },
  temporarily_unavailable: { outcome: 'failed', error: late },
}

/** Never the text that came with it: anybody may write that. */
export function returnedError(error: string | undefined): Ends {
  const known = error !== undefined && Object.hasOwn(words, error) ? words[error] : undefined
  return known ?? { outcome: 'failed', error: notGiven }
}
