import type { Finding } from './bank-feed.ts'
import type { ProviderError, ProviderErrorCode } from './provider-error.ts'

const WORDS: Partial<Record<ProviderErrorCode, string>> = {
  credentials_refused: 'does not take these keys; look whether they are whole, and still there in its portal',
  token_invalid: 'does not take the token that it gave; try again, or make new keys in its portal',
  ip_denied: 'lets only known addresses in; add the address of this server in its portal',
  payment_required: 'says that the free allowance is used up',
  forbidden: 'does not allow this to the account that the keys belong to',
  rate_limited: 'has been asked too often; try again later',
  unreachable: 'cannot be reached from here; look at its address and at the network',
  timed_out: 'did not answer in time; try again later',
  provider_unavailable: 'has trouble at present; try again later',
  bad_answer: 'gave an answer that is none of its own; look at its address and at any proxy before it',
}

/** A provider's refusal in words for an operator. */
export function findingOf(what: string, name: string, error: ProviderError): Finding {
  const words = WORDS[error.code] ?? `refused (${error.code})`
  const status = error.status === undefined ? '' : ` (HTTP ${error.status})`
  return { ok: false, what, detail: `${name} ${words}${status}.` }
}
