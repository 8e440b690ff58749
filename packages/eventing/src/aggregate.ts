import type { AnyEvent } from '@pf/contracts'
import { addressOf, messageIdOf } from './address.ts'
import { type DeclaredEvents, declaredEvents } from './declared-events.ts'
import { aadOf, chainHash, encodeBody, following, headersOf, holdsAny, LogBroken, openMessage } from './envelope.ts'
import { handledCommands } from './handled-commands.ts'
import type {
  AggregateDefinition,
  AppendRequest,
  Clock,
  CommandContext,
  EventLog,
  Handled,
  Ids,
  RawMessage,
  Sealer,
  Timing,
} from './ports.ts'
import { encodePosition } from './position.ts'
import { createRecent, weightOf } from './recent.ts'
import { assertFits, openSnapshot, type Snapshot, sealSnapshot } from './snapshot.ts'

export type CommandHandlerParts = {
  log: EventLog
  sealer: Sealer
  clock: Clock
  ids: Ids
  timing?: Timing
  /** How much of the aggregates used last is kept between commands, measured as JSON; 16 MiB unless told. */
  maxCachedBytes?: number
  /** A snapshot could not be kept or was passed over (SnapshotUnfit). The command goes on: the log says the same. */
  onSnapshotTrouble?(error: unknown): void
}

/** A command brought about more than one message may carry. Put bulk into the object store and its key into the event. */
export class EventsTooLarge extends Error {
  constructor(subject: string, bytes: number) {
    super(`The events for ${subject} take ${bytes} bytes, ${maxBodyBytes} are allowed; claim-check what is bulky.`)
    this.name = 'EventsTooLarge'
  }
}

const maxBodyBytes = 512 * 1024
const defaultCachedBytes = 16 * 1024 * 1024
/** So many messages after the last snapshot there is another one. */
const snapshotEvery = 50
/** What an entry takes beside its state. */
const entryBytes = 512

/** An aggregate as far as it was read. */
export type Known<State> = Snapshot<State> & {
  /** Messages folded since the state was weighed. */
  unweighed: number
  /** What it weighed then, and all that was folded into it since. */
  bytes: number
}

type Written = { body: Uint8Array; hash: string; seq: number; count: number }

/** One kind of aggregate on the log: reading, remembering, writing. */
export function openAggregate<State, Command, Event extends AnyEvent>(
  definition: AggregateDefinition<State, Command, Event>,
  parts: CommandHandlerParts,
) {
  const { log, sealer, clock, ids, maxCachedBytes = defaultCachedBytes } = parts
  const { decider, context, reads } = definition
  const declared: DeclaredEvents = declaredEvents(definition)
  const cache = createRecent<Known<State>>(maxCachedBytes)
  const snapshots = openSnapshots(definition, parts)
  const isRead = (message: RawMessage) =>
    reads === undefined || holdsAny(message, (type) => (reads as readonly string[]).includes(type))
  // The door has validated them against this very aggregate's declarations.
  const read = async (message: RawMessage) => (await openMessage(message, sealer, () => declared)).events as Event[]

  const evolveAll = (state: State, events: readonly Event[]) =>
    events.reduce((so, event) => decider.evolve(so, event), state)

  /** `commands` is one and the same all along: what is known only ever grows, or is forgotten as a whole. */
  const after = (known: Known<State>, { body, hash, seq, count }: Written, events: readonly Event[]) => ({
    state: evolveAll(known.state, events),
    seq,
    version: known.version + count,
    hash,
    previous: known.hash,
    commands: known.commands,
    unweighed: known.unweighed + 1,
    bytes: known.bytes + body.byteLength,
  })

  const advance = async (known: Known<State>, message: RawMessage): Promise<Known<State>> => {
    const { hash, commandId, count } = following(known, message)
    const { body, seq } = message
    const next = after(known, { body, hash, seq, count }, isRead(message) ? await read(message) : [])
    known.commands.add(commandId, seq)
    return next
  }

  const keep = async (subject: string, known: Known<State>): Promise<Known<State>> => {
    let kept = known
    if (known.unweighed >= snapshotEvery) {
      await snapshots.keep(subject, known)
      kept = { ...known, unweighed: 0, bytes: weightOf(known.state) }
    }
    cache.set(subject, kept, kept.bytes + kept.commands.weight + entryBytes)
    return kept
  }

  const nothing = (): Known<State> => {
    const commands = handledCommands()
    return { state: decider.initial, seq: 0, version: 0, hash: '', previous: '', commands, unweighed: 0, bytes: 0 }
  }

  const handled = (known: Known<State>, events: Event[]): Handled<State, Event> => ({
    events,
    state: known.state,
    position: known.seq === 0 ? undefined : encodePosition({ [context]: known.seq }),
  })

  return {
    handled,

    /** As it was left in this process; others may have appended since. */
    remembered: (subject: string): Known<State> | undefined => cache.get(subject),

    async load(subject: string): Promise<Known<State>> {
      const cached = cache.get(subject)
      try {
        const kept = cached ? undefined : await snapshots.find(subject)
        let known = cached ?? kept?.known ?? nothing()
        for (const message of kept?.later ?? (await log.load(subject, known.seq))) known = await advance(known, message)
        return known.seq > 0 ? await keep(subject, known) : known
      } catch (error) {
        cache.delete(subject)
        throw error
      }
    },

    /**
     * The message of a command that was handled, however long ago. `purged`: nothing is left of the aggregate, and it is
     * forgotten here, too. Throws LogBroken where the message ought to be there.
     */
    async find(
      subject: string,
      { commands }: Known<State>,
      commandId: string,
    ): Promise<RawMessage | 'purged' | undefined> {
      for (const seq of commands.candidates(commandId)) {
        const message = await log.read(context, seq)
        if (message?.subject !== subject) {
          cache.delete(subject)
          // An erasure leaves none; a log that lost some is broken.
          if (message === undefined && (await log.load(subject)).length === 0) return 'purged'
          throw new LogBroken(subject, seq, 'a message that was read is not there')
        }
        if (message.headers['ce-id'] === commandId) return message
      }
      return undefined
    },

    /** What the command brought about when it was handled first. */
    async recall(known: Known<State>, message: RawMessage): Promise<Handled<State, Event>> {
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

    forget: (subject: string): void => cache.delete(subject),

    /** After an append: what is known now. */
    async remember(
      known: Known<State>,
      { subject, body, headers }: AppendRequest,
      seq: number,
      events: readonly Event[],
      commandId: string,
    ): Promise<Known<State>> {
      const next = after(known, { body, hash: headers['es-hash'] ?? '', seq, count: events.length }, events)
      known.commands.add(commandId, seq)
      return keep(subject, next)
    },
  }
}

/** Snapshots of one kind of aggregate: a help that never fails a command. */
function openSnapshots<State, Command, Event extends AnyEvent>(
  { snapshot }: AggregateDefinition<State, Command, Event>,
  { log, sealer, onSnapshotTrouble }: CommandHandlerParts,
) {
  const placeOf = (subject: string, shape: number) => ({ subject, spaceId: addressOf(subject).spaceId, shape })

  const find = async (subject: string, shape: number) => {
    const stored = await log.snapshots.find(subject)
    const kept = stored && (await openSnapshot<State>(sealer, placeOf(subject, shape), stored))
    if (!kept) return undefined
    const [made, ...later] = await log.load(subject, kept.seq - 1)
    assertFits(subject, kept, made)
    return { known: { ...kept, unweighed: 0, bytes: weightOf(kept.state) }, later }
  }

  return {
    /** What was kept, where it fits what the log has, and the messages after it. */
    async find(subject: string): Promise<{ known: Known<State>; later: RawMessage[] } | undefined> {
      if (!snapshot) return undefined
      try {
        return await find(subject, snapshot.shape)
      } catch (error) {
        onSnapshotTrouble?.(error)
        return undefined
      }
    },

    async keep(subject: string, known: Known<State>): Promise<void> {
      if (!snapshot) return
      try {
        const stored = await sealSnapshot(sealer, placeOf(subject, snapshot.shape), known)
        if (stored) await log.snapshots.keep(subject, stored)
      } catch (error) {
        onSnapshotTrouble?.(error)
      }
    },
  }
}
