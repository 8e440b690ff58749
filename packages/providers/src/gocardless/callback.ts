import type { AccountStatus, LinkStatus } from '../bank-feed.ts'

const REQUISITION: Readonly<Record<string, LinkStatus>> = {
  CR: 'created',
  GC: 'in_progress',
  UA: 'in_progress',
  SA: 'in_progress',
  GA: 'in_progress',
  ID: 'in_progress',
  LN: 'linked',
  RJ: 'rejected',
  EX: 'expired',
  SU: 'suspended',
  ER: 'failed',
}

/** A requisition's status (§3.1). A code that nobody documented is still in progress: a later reading will tell. */
export function linkStatusOf(code: string): LinkStatus {
  return REQUISITION[code] ?? 'in_progress'
}

const ACCOUNT: Readonly<Record<string, AccountStatus>> = {
  DISCOVERED: 'discovered',
  PROCESSING: 'processing',
  READY: 'ready',
  ENABLED: 'ready',
  ERROR: 'error',
  EXPIRED: 'expired',
  SUSPENDED: 'suspended',
}

export function accountStatusOf(code: string): AccountStatus {
  return ACCOUNT[code.toUpperCase()] ?? 'unknown'
}

export interface CallbackOutcome {
  /** `rejected`: the reference is not ours, nothing may be looked up by it. `no_accounts`: linked, but without any account. */
  outcome: 'linked' | 'no_accounts' | 'pending' | 'failed' | 'rejected'
  /** The provider's error name and text: an open set, to be shown and never to be decided by. */
  error?: string
  details?: string
}

/**
 * What a browser's return means (§3.2). The query proves nothing: the reference must be the expected one, and then the
 * requisition as the API gives it decides.
 */
export function callbackOutcome(
  query: { get(name: string): string | null },
  expectedReference: string,
  requisition: { reference: string; status: string; accounts: readonly string[] },
): CallbackOutcome {
  if (query.get('ref') !== expectedReference || requisition.reference !== expectedReference)
    return { outcome: 'rejected' }
  const status = linkStatusOf(requisition.status)
  if (status === 'linked') return { outcome: requisition.accounts.length > 0 ? 'linked' : 'no_accounts' }
  if (status === 'created' || status === 'in_progress') return { outcome: 'pending' }
  const error = query.get('error')
  const details = query.get('details')
  return { outcome: 'failed', ...(error === null ? {} : { error }), ...(details === null ? {} : { details }) }
}
