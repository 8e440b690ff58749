import type { RawMessage } from './ports.ts'

export type BatchLimits = { maxMessages: number; maxBytes: number }

/**
 * What has arrived while the batch before was worked on: one message when all is quiet, a full batch in a replay. Nothing
 * is waited for, so a command's own event is seen at once. Reading ahead is bounded by one batch.
 */
export async function* batches(
  messages: AsyncIterable<RawMessage>,
  { maxMessages, maxBytes }: BatchLimits,
): AsyncGenerator<RawMessage[]> {
  let waiting: RawMessage[] = []
  let bytes = 0
  let ended: { error?: unknown } | undefined
  let arrived = () => {}
  let taken = () => {}
  let given = false
  const isFull = () => waiting.length >= maxMessages || bytes >= maxBytes

  const pump = async () => {
    try {
      for await (const message of messages) {
        waiting.push(message)
        bytes += message.body.byteLength
        arrived()
        while (isFull() && !given) await new Promise<void>((resolve) => (taken = resolve))
        if (given) return
      }
      ended = {}
    } catch (error) {
      ended = { error }
    }
    arrived()
  }
  const pumping = pump()
  try {
    for (;;) {
      while (waiting.length === 0 && !ended) await new Promise<void>((resolve) => (arrived = resolve))
      if (waiting.length > 0) {
        const batch = waiting
        waiting = []
        bytes = 0
        taken()
        yield batch
      } else if (ended) {
        if ('error' in ended) throw ended.error
        return
      }
    }
  } finally {
    given = true
    taken()
    void pumping
  }
}
