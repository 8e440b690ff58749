import type { SecurityAction } from '@pf/contracts'
import type { Client } from './client.ts'

/** Something that matters to the security of a user or of the installation. No secret, ever. */
export type SecurityEvent = {
  action: SecurityAction
  /** Undefined where nobody was proven: a name that nobody has. */
  user: { userId: string; spaceId: string } | undefined
  sessionId?: string
  client: Client | undefined
}
export type KeptSecurityEvent = {
  id: string
  at: Date
  action: SecurityAction
  userId: string | null
  sessionId: string | null
  client: Client | undefined
}

/** The trail of security events, kept for `auditDays`, and gone with the user. */
export interface Audit {
  record(event: SecurityEvent): Promise<void>
  /** The newest first; those before that one, where its id is given. Of one user, or of all. */
  list(of: { userId?: string; before?: string; limit: number }): Promise<KeptSecurityEvent[]>
  /** Deletes every one of the user, and their bytes. */
  deleteOf(userId: string): Promise<void>
  deleteBefore(instant: Date): Promise<void>
}

export const auditDays = 180
