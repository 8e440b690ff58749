import { createHash } from 'node:crypto'
import type { Context } from '@pf/contracts'
import type { EventLog } from '@pf/eventing'

/** SHA-256 over every message up to `lastSeq`, and how many there are: two logs with the same answer are the same log. */
export async function logDigest(
  log: EventLog,
  context: Context,
  lastSeq: number,
  signal: AbortSignal,
): Promise<{ digest: string; messages: number }> {
  const digest = createHash('sha256')
  let messages = 0
  for await (const { seq, time, subject, headers, body } of log.scan(context, 0, signal)) {
    if (seq > lastSeq) break
    const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
    digest.update(JSON.stringify([seq, time, subject, sorted, body.length])).update(body)
    messages += 1
  }
  signal.throwIfAborted()
  return { digest: digest.digest('hex'), messages }
}
