import { type AppendRequest, addressOf, type EventLog, inSpan, type ReactOptions } from '@pf/eventing'
import type { Metrics } from './metrics.ts'

/** The log, with its appends and reactions counted, and its appends as spans. */
export function meteredLog(log: EventLog, metrics: Metrics): EventLog {
  return {
    ...log,
    append: meteredAppend(log, metrics),
    react: (options) => log.react(meteredReaction(options, metrics)),
  }
}

const meteredAppend =
  (log: EventLog, { appends }: Metrics): EventLog['append'] =>
  async (request: AppendRequest) => {
    const { aggregate } = addressOf(request.subject)
    try {
      const span = {
        name: `append ${aggregate}`,
        kind: 'producer',
        attributes: { bytes: request.body.length },
      } as const
      const appended = await inSpan(span, () => log.append(request))
      appends.inc({ aggregate, outcome: appended.duplicate ? 'duplicate' : 'appended' })
      return appended
    } catch (error) {
      appends.inc({ aggregate, outcome: outcomeOf(error) })
      throw error
    }
  }

function outcomeOf(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'ConcurrencyConflict') return 'conflict'
  return name === 'UnknownOutcome' ? 'unknown' : 'failed'
}

function meteredReaction(options: ReactOptions, metrics: Metrics): ReactOptions {
  const { reactionFailures, reactionsInFlight, reactionBytesHeld } = metrics
  const reaction = options.name
  return {
    ...options,
    async handle(message, delivery) {
      reactionsInFlight.inc({ reaction })
      reactionBytesHeld.inc(message.body.length)
      try {
        await options.handle(message, delivery)
      } finally {
        reactionsInFlight.dec({ reaction })
        reactionBytesHeld.dec(message.body.length)
      }
    },
    onError(error, message) {
      reactionFailures.inc({ reaction })
      options.onError?.(error, message)
    },
  }
}
