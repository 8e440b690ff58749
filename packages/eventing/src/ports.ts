import type { AggregateDeclaration, AnyEvent, Context } from '@pf/contracts'
import type { ReadPlace } from './read-place.ts'

/** Wall time. Every reader of time takes one, so that a simulation can run the whole line from one seed. */
export interface Clock {
  now(): Date
}

/** New ids, UUIDv7 (sortable by the clock's time). */
export interface Ids {
  uuid(): string
}

/** Randomness of back-off and waiting, so that a simulation can own both. */
export interface Timing {
  /** 0 ≤ x < 1. */
  random(): number
  /** Resolves after `ms`, or as soon as the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** Where one aggregate's events stand: subject `evt.<context>.<aggregate>.<spaceId|sys>.<aggregateId>`. */
export type Address = { context: Context; aggregate: string; spaceId: string; aggregateId: string }

/** A message as the log keeps it: sealed body, plain headers (ids and types only). */
export type RawMessage = {
  subject: string
  /** Sequence in the stream; positions of different streams have no common order. */
  seq: number
  /** Store's time, RFC 3339. */
  time: string
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

export type AppendRequest = {
  subject: string
  /** Sequence of the subject's last message as the writer knows it; 0 = none yet. */
  expectedSeq: number
  /** SHA-256(subject, command id): one command on one aggregate is one message. */
  messageId: string
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/** Somebody else appended to the aggregate first: load again, decide again. */
export class ConcurrencyConflict extends Error {
  readonly subject: string
  constructor(subject: string, cause?: unknown) {
    super(`Another message was appended to ${subject} first; load it again and decide again.`, { cause })
    this.name = 'ConcurrencyConflict'
    this.subject = subject
  }
}

/** The append may or may not have happened, and reading back did not tell within the time allowed. */
export class UnknownOutcome extends Error {
  constructor(subject: string, cause?: unknown) {
    super(`Whether the append to ${subject} happened could not be told; repeat the same command with the same id.`, {
      cause,
    })
    this.name = 'UnknownOutcome'
  }
}

/** The log did not answer a question in time; nothing was changed by it. */
export class LogUnavailable extends Error {
  constructor(cause?: unknown) {
    super('The event log does not answer: check that the broker runs and can be reached, then repeat.', { cause })
    this.name = 'LogUnavailable'
  }
}

/** The log is not the one that was being read: it was made anew, truncated, restored from a copy, or what was read last was purged. */
export class LogReplaced extends Error {
  constructor(stream: string, found: string) {
    super(`Stream ${stream} is not the one that was being read: ${found}. Read again from a position that is checked.`)
    this.name = 'LogReplaced'
  }
}

/** The log: one stream per context. Questions throw LogUnavailable where no answer comes. `./jetstream` and `./memory` implement it and pass one conformance suite. */
export interface EventLog {
  /**
   * Resolves once the log holds it. `duplicate`: it held a message of this id after `expectedSeq` already, perhaps with
   * other bytes: load it. Throws ConcurrencyConflict, UnknownOutcome.
   */
  append(request: AppendRequest): Promise<{ seq: number; duplicate: boolean }>
  /** All messages of one subject after `afterSeq`, in order: every one acknowledged before the call. */
  load(subject: string, afterSeq?: number): Promise<RawMessage[]>
  /** One message of a context's stream, if it is still there. */
  read(context: Context, seq: number): Promise<RawMessage | undefined>
  /** The first message of a context's stream after `afterSeq` that is still there: sequences have holes where something was erased. */
  next(context: Context, afterSeq: number): Promise<RawMessage | undefined>
  /** Stream facts for the guard at start: creation time (RFC 3339) and last sequence. */
  info(context: Context): Promise<{ createdAt: string; lastSeq: number }>
  /**
   * Messages after this place in order, live, until the signal aborts. Bounded by bytes in flight. Throws LogReplaced
   * where the log is not the one that was being read: of a sequence alone nobody can tell until a message was read.
   */
  tail(context: Context, after: number | ReadPlace, signal: AbortSignal): AsyncIterable<RawMessage>
  /**
   * What stands in the stream after `afterSeq` when it is called, in order, of one space where one is named; then it ends.
   * Bounded by bytes in flight.
   */
  scan(context: Context, afterSeq: number, signal: AbortSignal, spaceId?: string): AsyncIterable<RawMessage>
  /**
   * Durable, explicit acknowledgement: `handle` is called until it resolves (back-off with a ceiling), never twice at a
   * time for one subject, at most `maxInFlight` at a time over all. Starts at the stream's first message when new.
   */
  react(options: ReactOptions): Promise<Running>
  /**
   * Deletes messages of one space, for good, and the snapshots made of them. `purging` is told the sequences that are about
   * to go, ascending, and waited for: a checkpoint may point at one of them. Answers how many went; repeating it is harmless.
   */
  purge(of: PurgedSubjects, purging: (seqs: readonly number[]) => Promise<void>): Promise<number>
  readonly snapshots: Snapshots
}

/** An aggregate's state as it was after one of its messages, sealed. `shape`: the definition's, in the open. */
export type StoredSnapshot = { shape: number; keyId: string; body: Uint8Array }

/**
 * Kept beside the log and derived from it: a shorter way to what it says, never trusted over it, and no loss where it is
 * dropped. All throw LogUnavailable.
 */
export interface Snapshots {
  /** Of an aggregate's subject, the one that was kept last. */
  find(subject: string): Promise<StoredSnapshot | undefined>
  /** In place of the one before. */
  keep(subject: string, snapshot: StoredSnapshot): Promise<void>
  /** Resolves when none of them can be found any more. `EventLog.purge` does it, too. */
  drop(of: PurgedSubjects): Promise<void>
}

/** One aggregate of a space, or all that the space has in a context's stream. */
export type PurgedSubjects = { context: Context; spaceId: string } & (
  | { aggregate: string; aggregateId: string }
  | { aggregate?: never; aggregateId?: never }
)

export type ReactOptions = {
  context: Context
  /** Durable name, `[A-Za-z0-9_-]+`, unique per stream. */
  name: string
  /** Narrow to aggregates of these kinds. */
  aggregates?: readonly string[]
  /** Narrow further: what it does not want is acknowledged at once, waits for nothing and holds nothing up. */
  wants?(message: RawMessage): boolean
  maxInFlight?: number
  handle(message: RawMessage, delivery: { attempt: number; signal: AbortSignal }): Promise<void>
  onError?(error: unknown, message: RawMessage): void
}

export interface Running {
  /** Stops pulling, waits for what is in flight. */
  stop(): Promise<void>
}

/** Seals and opens bodies under a space's key; implemented by @pf/vault. AAD binds a body to its place. */
export interface Sealer {
  /** Throws `KeyMissing` where the space has no key (never made, or erased). */
  seal(spaceId: string, plain: Uint8Array, aad: string): Promise<{ keyId: string; bytes: Uint8Array }>
  /** Throws `KeyMissing`, `SealBroken`. */
  open(spaceId: string, keyId: string, bytes: Uint8Array, aad: string): Promise<Uint8Array>
}
/** The space has no such data key. Readers skip what was sealed under it: it is erased. */
export class KeyMissing extends Error {
  constructor(spaceId: string) {
    super(`No data key for space ${spaceId}: it was erased, or never made.`)
    this.name = 'KeyMissing'
  }
}

/** The key is there and the bytes do not open under it: changed, or moved from their place. Any other failure of a sealer counts as passing. */
export class SealBroken extends Error {
  constructor(keyId: string, cause?: unknown) {
    super(`Sealed bytes do not open under key ${keyId}: they were changed, or moved from where they were written.`, {
      cause,
    })
    this.name = 'SealBroken'
  }
}

/** An aggregate's rules. Pure: time, ids and money arrive in the command. */
export type Decider<State, Command, Event extends AnyEvent> = {
  readonly initial: State
  decide(command: Command, state: State): Event[]
  evolve(state: State, event: Event): State
}

/** Events of one message, opened and decoded: what reactions and projections read. */
export type Recorded<Event extends AnyEvent = AnyEvent> = Address & {
  events: Event[]
  seq: number
  /** Version (1-based, per aggregate) of the first event. */
  version: number
  commandId: string
  correlationId: string
  /** From header ce-time: when the command was handled, RFC 3339. */
  time: string
}

export type CommandContext = { commandId: string; correlationId?: string; causationId?: string; traceparent?: string }

export type Handled<State, Event extends AnyEvent> = {
  /** What this command brought about, now or when it was handled before. */
  events: Event[]
  state: State
  /** Opaque log position (`encodePosition`) of the aggregate's last message known; undefined where it has none. */
  position: string | undefined
}

/** Load → decide → append with expected sequence; conflicts are decided again at most 5 times with jitter; one command id, one effect. */
export type CommandHandler<State, Command, Event extends AnyEvent> = {
  handle(
    at: { spaceId: string; aggregateId: string },
    command: Command,
    context: CommandContext,
  ): Promise<Handled<State, Event>>
  load(at: { spaceId: string; aggregateId: string }): Promise<{ state: State; version: number }>
}

export type AggregateDefinition<State, Command, Event extends AnyEvent> = AggregateDeclaration & {
  readonly decider: Decider<State, Command, Event>
  /**
   * For aggregates that live long: the state is kept beside the log after every 50 messages. It has to be plain JSON. `shape`
   * rises whenever State changes, or what `evolve` makes of an event: what was kept in another shape is passed over.
   */
  readonly snapshot?: { readonly shape: number }
  /**
   * For folds that never write, of what another service writes: messages without an event of these types are not unsealed.
   * Their versions and hashes are checked as ever. All types unless told.
   */
  readonly reads?: readonly Event['type'][]
}

/** Right to something that one process has at a time, over all processes. */
export interface Lease {
  /** Aborted when it may have passed to another: what it covered has to stop. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/**
 * Leases save work and keep processes apart; they are no fence. Whoever was paused past its lease learns of it late: what
 * must never happen twice is kept by the log's expected sequence.
 */
export interface Leases {
  /** Waits until nobody holds it, this process included. Throws the signal's reason. */
  acquire(name: string, signal: AbortSignal): Promise<Lease>
}
