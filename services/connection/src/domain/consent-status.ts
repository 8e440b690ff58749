import type { EndReason, Rest } from '@pf/contracts'
import { expiringMs } from './consent-times.ts'

export type ConsentFacts = {
  stage: 'pending' | 'active' | 'ended'
  awaiting: boolean
  endReason: EndReason | null
  suspended: boolean
  expiresAt: string | null
}

/**
 * What a connection is called at `now`, the provider's time; a consent past its end is expired before anybody noted it.
 * Where the provider's time is not known its end is not looked at.
 */
export function consentStatus(
  { stage, awaiting, endReason, suspended, expiresAt }: ConsentFacts,
  now: string | undefined,
): Rest.ConnectionStatus {
  if (stage === 'pending') return awaiting ? 'pending' : 'failed'
  if (stage === 'ended' && suspended) return 'failed'
  if (stage === 'ended') return endReason === 'expired' ? 'expired' : 'revoked'
  if (now === undefined) return 'active'
  const leftMs = expiresAt === null ? 0 : Date.parse(expiresAt) - Date.parse(now)
  if (leftMs <= 0) return 'expired'
  return leftMs <= expiringMs ? 'expiring' : 'active'
}
