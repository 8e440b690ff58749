import type { Scope } from '../../domain/agreement.ts'

/** An account as one session knows it; another session of the same account has another handle of it. */
export type SessionAccount = {
  uid: string
  /** The account in the world. */
  key: string
  session: string
  /** Instants (ms) of the unattended calls that still count towards the bank's daily limit. */
  unattended: Record<Scope, number[]>
}

export const sessionAccountKey = (uid: string) => `eb-account/${uid.toLowerCase()}`
export const sessionKey = (id: string) => `eb-session/${id.toLowerCase()}`
export const authorizationKey = (id: string) => `eb-authorization/${id.toLowerCase()}`
export const codeKey = (code: string) => `eb-code/${code.toLowerCase()}`
