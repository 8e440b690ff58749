import type { AnyEvent } from '@pf/contracts'
import { messageIdOf, subjectOf } from './address.ts'
import { type DeclaredEvents, declaredEvents } from './declared-events.ts'
import { aadOf, chainHash, encodeBody, following, headersOf, LogBroken, openMessage } from './envelope.ts'
import {
  type AggregateDefinition,
  type AppendRequest,
  type Clock,
  type CommandContext,
  type CommandHandler,
  ConcurrencyConflict,
  type EventLog,
  type Handled,
  type Ids,
  type RawMessage,
  type Sealer,
  type Timing,
  UnknownOutcome,
} from './ports.ts'
import { encodePosition } from './position.ts'
import { systemTiming } from './system.ts'

/** A command brought about more than one message may carry. Put bulk into the object store and its key into the event. */
export class EventsTooLarge extends Error {
  constructor(subject: string, bytes: number) {
    super(`The events for ${subject} take ${bytes} bytes, ${maxBodyBytes} are allowed; claim-check what is bulky.`)
    this.name = 'EventsTooLarge'
  }
}

const maxBodyBytes = 512 * 1024
const maxAttempts = 5
const firstBackoffMs = 5

export type CommandHandlerParts = {
  log: EventLog
  sealer: Sealer
  clock: Clock
  ids: Ids
  timing?: Timing
  /** Aggregates whose state is kept between commands. */
  maxCached?: number
}

/** An aggregate as far as it was read. `commands` finds what a command brought about, however long ago. */
type Known<State> = { state: State; seq: number; version: number; hash: string; commands: Map<string, number> }

/**
 * Load → decide → append with the expected sequence. Commands on one aggregate run one after another in this process;
 * across processes a conflict loads and decides again, at most 5 times. What `handle` throws: DomainError (the decider's
 * refusal), ConcurrencyConflict, UnknownOutcome (repeat with the same id), EventInvalid, EventsTooLarge, KeyMissing, LogBroken.
 */
export function createCommandHandler<State, Command, Event extends AnyEvent>(
  definition: AggregateDefinition<State, Command, Event>,
  parts: CommandHandlerParts,
): CommandHandler<State, Command, Event> {
  const aggregate = openAggregate(definition, parts)
  const timing = parts.timing ?? systemTiming
  const turns = new Map<string, Promise<unknown>>()

  const inTurn = async <T>(subject: string, work: () => Promise<T>): Promise<T> => {
    const mine = (turns.get(subject) ?? Promise.resolve()).then(work, work)
    turns.set(subject, mine)
    try {
      return await mine
    } finally {
      if (turns.get(subject) === mine) turns.delete(subject)
    }
  }

  const decideAndAppend = async (subject: string, spaceId: string, command: Command, context: CommandContext) => {
    for (let attempt = 1; ; attempt++) {
      const known = await aggregate.load(subject)
      if (known.commands.has(context.commandId)) return aggregate.recall(subject, known, context.commandId)
      const events = definition.decider.decide(command, known.state)
      if (events.length === 0) return aggregate.handled(known, [])
      const request = await aggregate.write(subject, spaceId, known, events, context)
      try {
        const { seq, duplicate } = await parts.log.append(request)
        if (duplicate) return aggregate.recall(subject, await aggregate.load(subject), context.commandId)
        return aggregate.handled(aggregate.remember(subject, known, seq, request, events, context.commandId), events)
      } catch (error) {
        if (error instanceof UnknownOutcome) return settle(subject, context.commandId, error)
        if (!(error instanceof ConcurrencyConflict) || attempt === maxAttempts) throw error
        // Twice in a row may also mean that the log is not the one we remember.
        if (attempt > 1) aggregate.forget(subject)
        await timing.wait(firstBackoffMs * 2 ** attempt * timing.random())
      }
    }
  }

  /** The log could not tell. If the command's own message stands there, it happened. */
  const settle = async (subject: string, commandId: string, unknown: UnknownOutcome) => {
    const known = await aggregate.load(subject).catch(() => undefined)
    if (known?.commands.has(commandId)) return aggregate.recall(subject, known, commandId)
    throw unknown
  }

  return {
    handle(at, command, context) {
      const subject = subjectOf({ ...definition, ...at })
      return inTurn(subject, () => decideAndAppend(subject, at.spaceId, command, context))
    },
    async load(at) {
      const subject = subjectOf({ ...definition, ...at })
      const { state, version } = await inTurn(subject, () => aggregate.load(subject))
      return { state, version }
    },
  }
}

/** One kind of aggregate on the log: reading, remembering, writing. */
function openAggregate<State, Command, Event extends AnyEvent>(
  definition: AggregateDefinition<State, Command, Event>,
  { log, sealer, clock, ids, maxCached = 1000 }: CommandHandlerParts,
) {
  const { decider, context } = definition
  const declared: DeclaredEvents = declaredEvents(definition)
  const cache = createRecent<Known<State>>(maxCached)
  // The door has validated them against this very aggregate's declarations.
  const read = async (message: RawMessage) => (await openMessage(message, sealer, () => declared)).events as Event[]

  const evolveAll = (state: State, events: readonly Event[]) =>
    events.reduce((so, event) => decider.evolve(so, event), state)

  const advance = async (known: Known<State>, message: RawMessage): Promise<Known<State>> => {
    const { seq } = message
    const { hash, count, commandId } = following(known, message)
    const state = evolveAll(known.state, await read(message))
    return {
      state,
      seq,
      hash,
      version: known.version + count,
      commands: known.commands.set(commandId, seq),
    }
  }

  const handled = (known: Known<State>, events: Event[]): Handled<State, Event> => ({
    events,
    state: known.state,
    position: known.seq === 0 ? undefined : encodePosition({ [context]: known.seq }),
  })

  return {
    handled,

    async load(subject: string): Promise<Known<State>> {
      const fresh = { state: decider.initial, seq: 0, version: 0, hash: '', commands: new Map<string, number>() }
      let known = cache.get(subject) ?? fresh
      try {
        for (const message of await log.load(subject, known.seq)) known = await advance(known, message)
      } catch (error) {
        cache.delete(subject)
        throw error
      }
      if (known.seq > 0) cache.set(subject, known)
      return known
    },

    /** What the command brought about when it was handled first. */
    async recall(subject: string, known: Known<State>, commandId: string): Promise<Handled<State, Event>> {
      const seq = known.commands.get(commandId)
      const message = seq === undefined ? undefined : await log.read(context, seq)
      if (!message) throw new LogBroken(subject, seq ?? known.seq, `the message of command ${commandId} is not there`)
      return handled(known, await read(message))
    },

    async write(
      subject: string,
      spaceId: string,
      known: Known<State>,
      events: readonly Event[],
      command: CommandContext,
    ): Promise<AppendRequest> {
      const written = events.map((event) => declared.write(event))
      const plain = encodeBody(written)
      if (plain.byteLength > maxBodyBytes) throw new EventsTooLarge(subject, plain.byteLength)
      const version = known.version + 1
      const sealed = await sealer.seal(spaceId, plain, aadOf(subject, version, command.commandId))
      const headers = headersOf(subject, written, {
        ...command,
        correlationId: command.correlationId ?? ids.uuid(),
        time: clock.now().toISOString(),
        version,
        keyId: sealed.keyId,
        hash: chainHash(known.hash, sealed.bytes),
      })
      return {
        subject,
        expectedSeq: known.seq,
        messageId: messageIdOf(subject, command.commandId),
        headers,
        body: sealed.bytes,
      }
    },

    forget: (subject: string): boolean => cache.delete(subject),

    remember(
      subject: string,
      known: Known<State>,
      seq: number,
      request: AppendRequest,
      events: readonly Event[],
      commandId: string,
    ): Known<State> {
      const next = {
        state: evolveAll(known.state, events),
        seq,
        version: known.version + events.length,
        hash: chainHash(known.hash, request.body),
        commands: known.commands.set(commandId, seq),
      }
      cache.set(subject, next)
      return next
    },
  }
}

/** The least recently used entry goes first. */
function createRecent<Value>(max: number) {
  const entries = new Map<string, Value>()
  return {
    get(key: string): Value | undefined {
      const value = entries.get(key)
      if (value !== undefined) {
        entries.delete(key)
        entries.set(key, value)
      }
      return value
    },
    set(key: string, value: Value): void {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > max) entries.delete(entries.keys().next().value!)
    },
    delete: (key: string): boolean => entries.delete(key),
  }
}
