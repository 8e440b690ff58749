import { type AnyEvent, DomainError } from '@pf/contracts'
import { subjectOf } from './address.ts'
import { type CommandHandlerParts, type Known, openAggregate } from './aggregate.ts'
import { LogBroken } from './envelope.ts'
import {
  type AggregateDefinition,
  type CommandContext,
  type CommandHandler,
  ConcurrencyConflict,
  type Handled,
  UnknownOutcome,
} from './ports.ts'
import { systemTiming } from './system.ts'
import { currentTrace } from './trace.ts'

const maxAttempts = 5
const firstBackoffMs = 5

/**
 * Load → decide → append with the expected sequence; what is remembered is decided upon first. Commands on one aggregate run one after another in this process;
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

  const append = async (
    subject: string,
    spaceId: string,
    known: Known<State>,
    events: Event[],
    context: CommandContext,
  ): Promise<Handled<State, Event>> => {
    const request = await aggregate.write(subject, spaceId, known, events, context)
    try {
      const { seq, duplicate } = await parts.log.append(request)
      if (duplicate) return await happened(subject, seq, context.commandId)
      return aggregate.handled(await aggregate.remember(known, request, seq, events, context.commandId), events)
    } catch (error) {
      if (error instanceof UnknownOutcome) return settle(subject, context.commandId, error)
      throw error
    }
  }

  /**
   * Upon what this process remembers, without asking whether it is still so: the expected sequence tells, and mostly it is.
   * Only an append answers so. What would come to nothing, or be refused, is decided upon what the log says.
   */
  const appendAsRemembered = async (subject: string, spaceId: string, command: Command, context: CommandContext) => {
    const known = aggregate.remembered(subject)
    if (!known || known.commands.candidates(context.commandId).length > 0) return undefined
    try {
      const events = definition.decider.decide(command, known.state)
      return events.length === 0 ? undefined : await append(subject, spaceId, known, events, context)
    } catch (error) {
      if (error instanceof ConcurrencyConflict || error instanceof DomainError) return undefined
      throw error
    }
  }

  const decideAndAppend = async (subject: string, spaceId: string, command: Command, context: CommandContext) => {
    const appended = await appendAsRemembered(subject, spaceId, command, context)
    if (appended) return appended
    for (let attempt = 1; ; attempt++) {
      const known = await aggregate.load(subject)
      const earlier = await aggregate.find(subject, known, context.commandId)
      // What is remembered of it is forgotten: it is decided anew, upon nothing.
      if (earlier === 'purged') continue
      if (earlier) return aggregate.recall(known, earlier)
      const events = definition.decider.decide(command, known.state)
      if (events.length === 0) return aggregate.handled(known, [])
      try {
        return await append(subject, spaceId, known, events, context)
      } catch (error) {
        if (!(error instanceof ConcurrencyConflict) || attempt === maxAttempts) throw error
        // Twice in a row may also mean that the log is not the one we remember.
        if (attempt > 1) aggregate.forget(subject)
        await timing.wait(firstBackoffMs * 2 ** attempt * timing.random())
      }
    }
  }

  /**
   * The log knows the command. Where all of the aggregate was erased since, it does so for its window of two minutes, and the
   * command can be handled anew after that: `conflict`. Throws LogBroken where its message alone is gone.
   */
  const happened = async (subject: string, seq: number, commandId: string) => {
    const known = await aggregate.load(subject)
    const message = await aggregate.find(subject, known, commandId)
    if (message && message !== 'purged') return aggregate.recall(known, message)
    if (message === 'purged' || (await parts.log.load(subject)).length === 0)
      throw new DomainError('conflict', 'What this was said of was erased meanwhile. Look again, and repeat it later.')
    throw new LogBroken(subject, seq, `the message of command ${commandId} is not there`)
  }

  /** The log could not tell. If the command's own message stands there, it happened. */
  const settle = async (subject: string, commandId: string, unknown: UnknownOutcome) => {
    const known = await aggregate.load(subject).catch(() => undefined)
    const message = known && (await aggregate.find(subject, known, commandId))
    if (message && message !== 'purged') return aggregate.recall(known, message)
    throw unknown
  }

  return {
    handle(at, command, context) {
      const subject = subjectOf({ ...definition, ...at })
      const traced = { ...currentTrace(), ...context }
      return inTurn(subject, () => decideAndAppend(subject, at.spaceId, command, traced))
    },
    async load(at) {
      const subject = subjectOf({ ...definition, ...at })
      const { state, version } = await inTurn(subject, () => aggregate.load(subject))
      return { state, version }
    },
  }
}
