import type { AggregateDeclaration, AnyEvent, Context } from '@pf/contracts'
import { addressOf } from './address.ts'
import { eventCatalogue } from './declared-events.ts'
import { openMessage } from './envelope.ts'
import { type EventLog, KeyMissing, type RawMessage, type Recorded, type Running, type Sealer } from './ports.ts'
import { inTrace } from './trace.ts'

/**
 * Events in, commands out: a side effect that happens until it has happened. `handle` is called again after a failure, and
 * may be called again after a success that was not heard of: effects are idempotent, command ids are made from what is
 * recorded. What they append carries on the message's correlation and trace, and names it as its cause. One aggregate's messages come one at a time; after a failure the later ones do not wait for it.
 */
export type Reaction<Event extends AnyEvent = AnyEvent> = {
  /** Durable name, `[A-Za-z0-9_-]+`, unique per context; another name starts at the first event again. */
  readonly name: string
  readonly context: Context
  /** Narrow to aggregates of these kinds. */
  readonly aggregates?: readonly string[]
  readonly maxInFlight?: number
  /** Narrow to spaces: those of others are acknowledged unread. */
  readonly spaces?: (spaceId: string) => boolean
  handle(recorded: Recorded<Event>, delivery: { attempt: number; signal: AbortSignal }): Promise<void>
}
/** `Event`: what the context (or its `aggregates`) may hold; the catalogue decodes it. */
export const reaction = <Event extends AnyEvent = AnyEvent>(definition: Reaction<Event>): Reaction<Event> => definition

export type RunReactionOptions = {
  log: EventLog
  sealer: Sealer
  /** A message that could not be opened or handled; it comes again. */
  onError(error: unknown, message: RawMessage): void
  declarations?: readonly AggregateDeclaration[]
}

/** What an erased space did is passed over: nothing can be read of it. */
export function runReaction(definition: Reaction, options: RunReactionOptions): Promise<Running> {
  const { log, sealer, onError, declarations } = options
  const { name, context, aggregates, maxInFlight, spaces } = definition
  const catalogue = eventCatalogue(declarations)
  const open = async (message: RawMessage): Promise<Recorded | undefined> => {
    try {
      return await openMessage(message, sealer, catalogue)
    } catch (error) {
      if (error instanceof KeyMissing) return undefined
      throw error
    }
  }
  return log.react({
    context,
    name,
    ...(aggregates && { aggregates }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    onError,
    async handle(message, delivery) {
      if (spaces && !spaces(addressOf(message.subject).spaceId)) return
      const recorded = await open(message)
      if (!recorded) return
      const { correlationId, commandId: causationId } = recorded
      const traceparent = message.headers['traceparent']
      const trace = { correlationId, causationId, ...(traceparent !== undefined && { traceparent }) }
      await inTrace(trace, () => definition.handle(recorded, delivery))
    },
  })
}
