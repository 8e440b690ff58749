import { JetStreamApiError, type JetStreamClient, type PubAck } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type AppendRequest, ConcurrencyConflict, type RawMessage, type Timing, UnknownOutcome } from '../ports.ts'
import { headersFrom } from './messages.ts'
import { isUnanswered, retryPauseMs } from './unanswered.ts'

/** "wrong last sequence", and what a cluster from 2.11 says where it cannot tell the right one. */
const conflictCodes: readonly number[] = [10071, 10164]

export type AppendParts = {
  nc: NatsConnection
  js: JetStreamClient
  timing: Timing
  /** How long one attempt may take, and how long to go on. */
  attemptMs: number
  retryForMs: number
  load(subject: string, afterSeq: number): Promise<RawMessage[]>
  read(subject: string, seq: number): Promise<RawMessage | undefined>
}

/**
 * Publishes until the broker answers. An attempt without an answer may have landed or may land later, so every attempt
 * carries the same message id and the same bytes. Servers from 2.14 look at the expectation before the id (2.9 did it the
 * other way round): a repetition meets itself as a conflict, so every conflict is looked into.
 */
export async function append(parts: AppendParts, request: AppendRequest): Promise<{ seq: number; duplicate: boolean }> {
  const { timing, retryForMs, nc } = parts
  const deadlineMs = performance.now() + retryForMs
  let unknown: unknown
  for (let attempt = 0; ; attempt++) {
    try {
      const ack = await publish(parts, request)
      if (ack.duplicate) await assertOwn(parts, request, ack.seq)
      return { seq: ack.seq, duplicate: ack.duplicate }
    } catch (error) {
      if (isConflict(error)) {
        const own = await findOwn(parts, request)
        if (own) return { seq: own.seq, duplicate: true }
        throw new ConcurrencyConflict(request.subject, error)
      }
      if (!isUnanswered(error)) throw error
      unknown = error
    }
    if (nc.isClosed() || performance.now() > deadlineMs) break
    await timing.wait(retryPauseMs(attempt, timing))
  }
  const own = await findOwn(parts, request).catch(() => undefined)
  if (own) return { seq: own.seq, duplicate: true }
  throw new UnknownOutcome(request.subject, unknown)
}

function publish({ js, attemptMs }: AppendParts, request: AppendRequest): Promise<PubAck> {
  return js.publish(request.subject, request.body, {
    msgID: request.messageId,
    headers: headersFrom(request.headers),
    expect: { lastSubjectSequence: request.expectedSeq },
    timeout: attemptMs,
  })
}

/** By message id, which is made of subject and command id. */
async function findOwn({ load }: AppendParts, { subject, expectedSeq, messageId }: AppendRequest) {
  const later = await load(subject, expectedSeq)
  return later.find(({ headers }) => headers['Nats-Msg-Id'] === messageId)
}

async function assertOwn({ read }: AppendParts, { subject, messageId, headers }: AppendRequest, seq: number) {
  const stored = await read(subject, seq)
  const own = stored?.subject === subject && stored.headers['Nats-Msg-Id'] === messageId
  if (own && stored.headers['ce-id'] === headers['ce-id']) return
  throw new Error(
    `The broker took the message of command ${headers['ce-id']} on ${subject} for sequence ${seq}, which is not it: two commands share a message id.`,
  )
}

function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && conflictCodes.includes(error.code)
}
