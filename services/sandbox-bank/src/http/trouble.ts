import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallLog } from '../adapters/call-log.ts'
import type { FaultAnswer } from '../domain/documented-faults.ts'

/** Lets a fault happen to a call. Where the reply is not sent by it, the call goes on as usual. */
export async function strike(
  answer: FaultAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  calls: CallLog,
): Promise<void> {
  if (answer.delayMs > 0) await pause(answer.delayMs, undefined, { ref: false })
  if (answer.drop) {
    calls.answered(request.id, 0)
    reply.hijack()
    request.raw.socket.destroy()
    return
  }
  const { status, body, headers } = answer
  if (status === null && body === undefined) {
    reply.headers(headers)
    return
  }
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const html = text.trimStart().startsWith('<')
  await reply
    .code(status ?? 200)
    .headers({ 'content-type': html ? 'text/html; charset=utf-8' : 'application/json', ...headers })
    .send(text)
}

/** An answer that stops in the middle, though its head says that all is well. */
export function halfOf(payload: unknown): unknown {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.slice(0, Math.floor(payload.length / 2))
  return payload
}

/** The `type` of an error of the bank's side; undefined where the answer has none. */
export function errorTypeOf(payload: unknown): unknown {
  if (typeof payload !== 'string' || !payload.includes('"type"')) return undefined
  try {
    const body: unknown = JSON.parse(payload)
    return typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined
  } catch (error) {
    // A test may order any body, such as HTML; only one that can be read says its type.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
