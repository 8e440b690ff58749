/** How late an old refresh token may come and still be taken for the same client (two tabs, a lost answer). */
export const graceMs = 10_000

/** One refresh token as the vault knows it; its secret is kept as a hash only. Times in epoch milliseconds. */
export type RefreshToken = {
  hash: string
  sessionId: string
  userId: string
  expiresAt: number
  usedAt: number | null
  /** Its successor, once used. */
  successor: { hash: string; usedAt: number | null } | null
  endedAt: number | null
}

export type Verdict = 'rotate' | 'invalid' | 'reused'

/**
 * What becomes of a presented token. A token used before is a copy in other hands, unless its successor was never
 * used and it comes within the grace: then the answer was lost on the way, and a new successor takes the old one's place.
 */
export function judge(token: RefreshToken | undefined, now: number): Verdict {
  if (token === undefined || token.endedAt !== null || token.expiresAt <= now) return 'invalid'
  if (token.usedAt === null) return 'rotate'
  const successorUsed = token.successor !== null && token.successor.usedAt !== null
  return successorUsed || now - token.usedAt > graceMs ? 'reused' : 'rotate'
}
