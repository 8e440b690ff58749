import type { Clock } from '@pf/eventing'

/** A return that was allowed to speak for its attempt, and that the provider could not settle yet. */
export type OpenReturn = { spaceId: string; connectionId: string; requisitionId: string }

/** Wall time until a return is looked at again, doubled with each time; api.md gives a requisition an hour. */
export const firstLookMs = 30_000
const forMs = 3_600_000
const maxOpen = 1000

export interface OpenReturns {
  note(open: OpenReturn): void
  settled(requisitionId: string): void
  /** Those whose turn it is; each has its next turn later. */
  due(): OpenReturn[]
}

/**
 * Returns that wait for the bank, of this process: accounts may be ready minutes after the browser has come back
 * (gocardless.md §3.1), and nobody should have to come twice. What a restart forgets the owner confirms by hand.
 */
export function createOpenReturns(clock: Clock): OpenReturns {
  const waiting = new Map<string, OpenReturn & { waitMs: number; nextMs: number; untilMs: number }>()
  const nowMs = () => clock.now().getTime()
  return {
    note(open) {
      if (waiting.has(open.requisitionId) || waiting.size >= maxOpen) return
      const at = nowMs()
      waiting.set(open.requisitionId, { ...open, waitMs: firstLookMs, nextMs: at + firstLookMs, untilMs: at + forMs })
    },
    settled: (requisitionId) => void waiting.delete(requisitionId),
    due() {
      const at = nowMs()
      const due: OpenReturn[] = []
      for (const one of waiting.values()) {
        if (one.untilMs <= at) waiting.delete(one.requisitionId)
        else if (one.nextMs <= at) {
          one.waitMs *= 2
          one.nextMs = at + one.waitMs
          const { spaceId, connectionId, requisitionId } = one
          due.push({ spaceId, connectionId, requisitionId })
        }
      }
      return due
    },
  }
}
