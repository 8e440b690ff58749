import type { AggregateDeclaration, AnyEvent, Context } from '@pf/contracts'
import { addressOf } from './address.ts'
import { givingUp, type Laid, repeatAsked } from './dead-letter-office.ts'
import type { DeadLetters } from './dead-letters.ts'
import { eventCatalogue } from './declared-events.ts'
import { holdsAny, openMessage } from './envelope.ts'
import { createLanes } from './lanes.ts'
import {
  type EventLog,
  KeyMissing,
  type RawMessage,
  type ReactOptions,
  type Recorded,
  type Running,
  type Sealer,
} from './ports.ts'
import { inSpan, inTrace } from './trace.ts'

/**
 * Events in, commands out: a side effect that happens until it has happened. `handle` is called again after a failure, and
 * may be called again after a success that was not heard of: effects are idempotent, command ids are made from what is
 * recorded. What they append carries on the message's correlation and trace, and names it as its cause. One aggregate's
 * messages come one at a time; after a failure the later ones do not wait for it.
 */
export type Reaction<Event extends AnyEvent = AnyEvent> = {
  /** Durable name, `[A-Za-z0-9_-]+`, unique per context; another name starts at the first event again. */
  readonly name: string
  readonly context: Context
  /** Narrow to aggregates of these kinds. */
  readonly aggregates?: readonly string[]
  /** Narrow to messages that hold an event of these types: others are acknowledged unread. */
  readonly types?: readonly string[]
  readonly maxInFlight?: number
  /**
   * A message that can but fail is set aside after so many attempts (20 unless told: a quarter of an hour of back-off), the
   * last five of them hopeless in this process. What may pass by itself is tried for ever.
   */
  readonly giveUpAfter?: number
  /** Narrow to spaces: those of others are acknowledged unread. */
  readonly spaces?: (spaceId: string) => boolean
  handle(recorded: Recorded<Event>, delivery: { attempt: number; signal: AbortSignal }): Promise<void>
}
/** `Event`: what the context (or its `aggregates`) may hold; the catalogue decodes it. */
export const reaction = <Event extends AnyEvent = AnyEvent>(definition: Reaction<Event>): Reaction<Event> => definition

export type RunReactionOptions = {
  log: EventLog
  sealer: Sealer
  /** A message that could not be opened or handled and comes again; without one, that what is to be repeated could not be read. */
  onError(error: unknown, message?: RawMessage): void
  declarations?: readonly AggregateDeclaration[]
  /** Where messages are set aside that can but fail; without it they are tried for ever. */
  deadLetters?: DeadLetters
  /** The alarm: what was set aside, when it is safe there. */
  onDeadLetter?(letter: Laid): void
}

/** What an erased space did is passed over: nothing can be read of it. */
export async function runReaction(definition: Reaction, options: RunReactionOptions): Promise<Running> {
  const { log, onError, deadLetters } = options
  const { name, context, aggregates, types, maxInFlight } = definition
  const react = reactionOf(definition, options)
  // What is repeated and what arrives of one aggregate come one at a time, too.
  const turns = createLanes(Number.MAX_SAFE_INTEGER)
  const inTurn: Handle = (message, delivery) => turns.run(message.subject, () => react(message, delivery))
  const stopping = new AbortController()
  const running = await log.react({
    context,
    name,
    ...(aggregates && { aggregates }),
    ...(types && { wants: (message: RawMessage) => holdsAny(message, (type) => types.includes(type)) }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    onError,
    handle: deadLetters ? givingUp(definition, { ...options, deadLetters }, inTurn) : inTurn,
  })
  const repeating = deadLetters && repeatAsked(definition, { ...options, deadLetters }, inTurn, stopping.signal)
  return {
    async stop() {
      stopping.abort(new Error(`Reaction ${name} was stopped.`))
      await Promise.all([running.stop(), repeating])
    },
  }
}

type Handle = ReactOptions['handle']

/** Opens a message and hands it on, with its trace. */
function reactionOf({ name, spaces, handle }: Reaction, { sealer, declarations }: RunReactionOptions): Handle {
  const catalogue = eventCatalogue(declarations)
  const open = async (message: RawMessage): Promise<Recorded | undefined> => {
    try {
      return await openMessage(message, sealer, catalogue)
    } catch (error) {
      if (error instanceof KeyMissing) return undefined
      throw error
    }
  }
  return async (message, delivery) => {
    if (spaces && !spaces(addressOf(message.subject).spaceId)) return
    const recorded = await open(message)
    if (!recorded) return
    const { correlationId, commandId: causationId } = recorded
    const traceparent = message.headers['traceparent']
    const trace = { correlationId, causationId, ...(traceparent !== undefined && { traceparent }) }
    const span = { name: `react ${name}`, kind: 'consumer', attributes: { attempt: delivery.attempt } } as const
    await inTrace(trace, () => inSpan(span, () => handle(recorded, delivery)))
  }
}
