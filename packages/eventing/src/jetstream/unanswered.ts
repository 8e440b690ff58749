import { JetStreamApiError } from '@nats-io/jetstream'
import { type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import { LogUnavailable, type Timing } from '../ports.ts'

/** What a cluster says before it knows: it has no leader now, or the same message is still on its way to the replicas. */
const notYetCodes: readonly number[] = [10008, 10158]
/** JetStreamNotEnabled (no responders, as at a start or during an election) is not exported: so all go by name. */
const unansweredNames: readonly string[] = [
  'TimeoutError',
  'JetStreamNotEnabled',
  'RequestError',
  'NoResponders',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]

/** Whether this says that no answer came: the broker may have done it, or not, or may do it later. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return notYetCodes.includes(error.code)
  if (isNotPermitted(error)) return false
  return error instanceof Error && unansweredNames.includes(error.name)
}

/** The broker's user lacks a permission: it was not done, and no repetition helps. The client wraps it as a request's error. */
function isNotPermitted(error: unknown): boolean {
  if (error instanceof PermissionViolationError) return true
  return error instanceof Error && error.cause instanceof PermissionViolationError
}

/** 50, 100 … 1000 ms, less up to half by chance. */
export function retryPauseMs(attempt: number, timing: Timing): number {
  return Math.min(50 * 2 ** attempt, 1000) * (0.5 + timing.random() / 2)
}

export type Patience = { nc: NatsConnection; timing: Timing; retryForMs: number }

/** Asks again while no answer comes; for questions only. Throws LogUnavailable. */
export async function untilAnswered<T>({ nc, timing, retryForMs }: Patience, ask: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + retryForMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnanswered(error)) throw error
      if (nc.isClosed() || performance.now() > deadlineMs) throw new LogUnavailable(error)
    }
    await timing.wait(retryPauseMs(attempt, timing))
  }
}
