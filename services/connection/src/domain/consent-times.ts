const dayMs = 86_400_000
/** Before a consent ends from which it is shown as expiring (gocardless.md §3.4: remind 14, 7, 1 days before). */
export const expiringMs = 14 * dayMs
/** A confirmation holds so long, and its page works from 14 days before it is due (gocardless.md §2.3). */
const confirmedMs = 90 * dayMs
const reconfirmNoticeMs = 14 * dayMs

export type ConsentTimes = {
  expiresAt: string
  expiryAnnounced: boolean
  reconfirms: boolean
  confirmedAt: string
  reconfirmation: { validTo: string } | null
}

/** When the user is to be asked to confirm again; undefined where the consent ends before that. */
export function reconfirmFrom({ reconfirms, confirmedAt, expiresAt }: ConsentTimes): string | undefined {
  const dueMs = Date.parse(confirmedAt) + confirmedMs
  return reconfirms && dueMs < Date.parse(expiresAt) ? instantOf(dueMs - reconfirmNoticeMs) : undefined
}

/** The next moment, by the provider's clock, at which something is to be done about a consent that stands. */
export function watchAt(times: ConsentTimes): string {
  const { expiresAt, expiryAnnounced, reconfirmation } = times
  const expiry = expiryAnnounced ? expiresAt : instantOf(Date.parse(expiresAt) - expiringMs)
  const confirmation = reconfirmation === null ? reconfirmFrom(times) : reconfirmation.validTo
  return [expiry, confirmation ?? expiry].map((at) => instantOf(Date.parse(at))).toSorted()[0] ?? expiry
}

const instantOf = (ms: number): string => new Date(ms).toISOString()
