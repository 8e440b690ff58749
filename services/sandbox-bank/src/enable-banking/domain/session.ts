import type { AspspName } from './aspsps.ts'
import type { Access } from './authorization.ts'
import { Refused } from './refused.ts'

/** A consent that was granted. Instants in ms. */
export type Session = {
  id: string
  application: string
  aspsp: AspspName
  psuType: string
  psuIdHash: string
  access: Access
  createdAt: number
  authorizedAt: number
  closedAt: number | null
  /** Handles of its accounts; they live in this session only. */
  accounts: string[]
}

export type SessionStatus = 'AUTHORIZED' | 'EXPIRED' | 'CLOSED'

export function sessionStatus({ closedAt, access }: Session, nowMs: number): SessionStatus {
  if (closedAt !== null) return 'CLOSED'
  return Date.parse(access.valid_until) <= nowMs ? 'EXPIRED' : 'AUTHORIZED'
}

/** @throws Refused by the status, where nothing can be read any more. */
export function checkAlive(session: Session, nowMs: number): void {
  const status = sessionStatus(session, nowMs)
  if (status !== 'AUTHORIZED') throw new Refused(`${status}_SESSION`)
}
