import type { Hold } from './hold.ts'

/** Why a sync failed, in words for its owner: by the provider error's action, which says what can be done. */
const byAction: Readonly<Record<string, string>> = {
  reauthorise: 'The consent has ended at the bank. Renew the connection to go on.',
  close_account: 'The bank says that this account was closed.',
  refresh_token_and_retry_once: 'The bank data provider refused our credentials. The operator has to look at its keys.',
  stop_and_tell_operator: 'The bank data provider refuses us at present. The operator has to look at it.',
  resource_unavailable:
    'The bank does not give access to the transactions of this account. It is asked again after a week, or with a renewed consent.',
  not_found: 'The bank data provider does not know this account any more. Renew the connection to go on.',
  narrow_window: 'The bank refuses every window of days that was asked for.',
  pause_and_check_account: 'The bank reports problems with this account. It is asked again after a day.',
  wait_until_reset: 'The bank allows no more requests for now. It is asked again when it does.',
  fix_request: 'The bank data provider did not accept our request. This is a fault of ours; it stands in the log.',
  retry_later: 'The bank did not answer as expected. It is asked again later.',
}

const quotaExhausted = 'All requests that the bank allows within 24 hours are used. It is asked again when one is free.'
const bankRests =
  'The bank has failed twice within a day. More failures could make it suspend the account, so it is asked again later.'
const accountPauses =
  'The bank reported problems with this account within the last day. It is asked again when a day has passed.'
export const abandoned = 'This sync was interrupted and another one took its place.'

/** Why a sync did not ask the bank at all. */
export const held: Readonly<Record<Hold['reason'], { code: 'quota_exhausted' | 'bank_rests'; detail: string }>> = {
  quota: { code: 'quota_exhausted', detail: quotaExhausted },
  rest: { code: 'bank_rests', detail: bankRests },
  pause: { code: 'bank_rests', detail: accountPauses },
}

export const wordsFor = (action: string): string => byAction[action] ?? 'The bank could not be asked.'
