import type { AggregateDeclaration, AnyEvent, Context } from '@pf/contracts'
import { batches } from './batches.ts'
import { EventInvalid, eventCatalogue } from './declared-events.ts'
import { LogBroken, openMessage } from './envelope.ts'
import { askOf, createFold, needsOf } from './fold.ts'
import { type EventLog, KeyMissing, type RawMessage, SealBroken, type Sealer, type Timing } from './ports.ts'
import { decodePosition } from './position.ts'
import {
  type Checkpoint,
  Fenced,
  type OpenProjection,
  type Operation,
  type Projection,
  type ProjectionStore,
  type ReadModel,
  RebuildNeeded,
} from './projection.ts'
import { systemTiming } from './system.ts'

export type RunProjectionOptions = {
  log: EventLog
  sealer: Sealer
  store: ProjectionStore
  /** Poison (with its message), a failure that will be tried again, being fenced, or the need of a rebuild. */
  onError(error: unknown, message?: RawMessage): void
  /** Whether the erasure ledger explains that this message is gone. */
  erased?(context: Context, seq: number): Promise<boolean>
  declarations?: readonly AggregateDeclaration[]
  timing?: Timing
}

export type RunningProjection<Row extends object> = {
  reader: ReadModel<Row>
  /** Messages of the stream that are not projected yet. Throws the error that stopped the projection for good. */
  lag(): Promise<number>
  stop(): Promise<void>
}

const limits = { maxMessages: 1000, maxBytes: 8 * 1024 * 1024 }
const longestPauseMs = 10_000
/** How often a standby looks at the checkpoint of the active one while somebody waits for a position. */
const standbyPollMs = 25

/**
 * Starts at once and goes on until stopped: waits for the lock, projects, and after a failure begins again from the
 * checkpoint. Only RebuildNeeded ends it: `lag` then throws it.
 */
export function runProjection<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  options: RunProjectionOptions,
): RunningProjection<Row> {
  const { log, store, onError, timing = systemTiming } = options
  const stopping = new AbortController()
  const progress = createProgress(timing)
  const attached = keepTrying(() => store.attach(projection), options, stopping.signal)
  // Nobody may read before the stop; then nobody hears that it never came to be.
  attached.catch(() => undefined)
  let failure: RebuildNeeded | undefined

  const run = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const open = await store.open(projection, stopping.signal)
        try {
          await project(projection, open, options, stopping.signal, (seq) => {
            failures = 0
            progress.passed(seq)
          })
        } finally {
          progress.standby()
          await open.close()
        }
      } catch (error) {
        if (stopping.signal.aborted) return
        onError(error)
        if (error instanceof RebuildNeeded) {
          failure = error
          return
        }
        if (!(error instanceof Fenced))
          await timing.wait(Math.min(100 * 2 ** failures++, longestPauseMs), stopping.signal)
      }
    }
  }
  const running = run()

  return {
    reader: {
      find: async (query) => (await attached).reader().find(query),
      caughtUpTo: async (position, timeoutMs) => {
        const seq = decodePosition(position)[projection.context] ?? 0
        return progress.reaches(seq, timeoutMs, async () => (await (await attached).checkpoint())?.seq ?? 0)
      },
    },
    async lag() {
      if (failure) throw failure
      const { lastSeq } = await log.info(projection.context)
      const seq = progress.seq() ?? (await (await attached).checkpoint())?.seq ?? 0
      return Math.max(0, lastSeq - seq)
    },
    async stop() {
      stopping.abort(new Error(`Projection ${projection.name} was stopped.`))
      await running
    },
  }
}

async function keepTrying<T>(
  attempt: () => Promise<T>,
  { onError, timing = systemTiming }: RunProjectionOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      onError(error)
      await timing.wait(Math.min(100 * 2 ** failures, longestPauseMs), signal)
    }
  }
}

/** How far this process has projected; undefined while another one does it. */
function createProgress(timing: Timing) {
  let current: number | undefined
  let moved = new AbortController()
  const move = (seq: number | undefined) => {
    current = seq
    moved.abort()
    moved = new AbortController()
  }
  return {
    seq: () => current,
    passed: (seq: number) => move(seq),
    standby: () => move(undefined),
    async reaches(seq: number, timeoutMs: number, checkpoint: () => Promise<number>): Promise<boolean> {
      const late = new AbortController()
      const answered = new AbortController()
      // The port's own waiting is the deadline: nobody here reads a clock.
      void timing.wait(timeoutMs, answered.signal).then(() => late.abort())
      try {
        for (;;) {
          const { signal } = moved
          if ((current ?? (await checkpoint())) >= seq) return true
          if (late.signal.aborted) return false
          const pauseMs = current === undefined ? Math.min(timeoutMs, standbyPollMs) : timeoutMs
          await timing.wait(pauseMs, AbortSignal.any([signal, late.signal]))
        }
      } finally {
        answered.abort()
      }
    },
  }
}

/** As the active runner, until the signal or an error. */
async function project<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  open: OpenProjection<Row>,
  options: RunProjectionOptions,
  signal: AbortSignal,
  passed: (seq: number) => void,
): Promise<void> {
  const { log, declarations } = options
  const { context } = projection
  const catalogue = eventCatalogue(declarations)
  let from = await open.checkpoint()
  const { createdAt } = await assertSameLog(projection, from, options)
  passed(from?.seq ?? 0)
  const parked = await open.parked()
  const working = new AbortController()
  const tail = log.tail(context, from?.seq ?? 0, AbortSignal.any([signal, working.signal]))
  try {
    for await (const batch of batches(tail, limits)) {
      const last = batch.at(-1)!
      const to: Checkpoint = {
        stream: context,
        streamCreatedAt: createdAt,
        seq: last.seq,
        eventId: last.headers['ce-id'] ?? '',
      }
      const work = await foldBatch(projection, open, batch, parked, catalogue, options)
      await open.commit({ from, to, ...work })
      from = to
      passed(to.seq)
    }
  } finally {
    working.abort()
  }
  signal.throwIfAborted()
}

/** A log that was truncated, restored or made anew reuses sequences: the message at the checkpoint must be the one seen then. */
async function assertSameLog<Event extends AnyEvent, Row extends object>(
  { name, version, context }: Projection<Event, Row>,
  checkpoint: Checkpoint | undefined,
  { log, erased }: RunProjectionOptions,
): Promise<{ createdAt: string }> {
  const { createdAt, lastSeq } = await log.info(context)
  if (!checkpoint) return { createdAt }
  const id = `${name} v${version}`
  const { seq, eventId, streamCreatedAt } = checkpoint
  if (streamCreatedAt !== createdAt) {
    throw new RebuildNeeded(
      id,
      `it was built from a stream made at ${streamCreatedAt}, the stream was made at ${createdAt}`,
    )
  }
  if (seq > lastSeq) throw new RebuildNeeded(id, `it has read up to ${seq}, the stream ends at ${lastSeq}`)
  const message = await log.read(context, seq)
  if (message?.headers['ce-id'] === eventId) return { createdAt }
  if (!message && (await erased?.(context, seq))) return { createdAt }
  const found = message ? `event ${message.headers['ce-id']}` : 'nothing'
  throw new RebuildNeeded(id, `at ${seq} it has read event ${eventId}, the stream holds ${found} there`)
}

type Quarantined = { subject: string; seq: number; eventId: string; reason: string }
type Work<Row> = { puts: Row[]; drops: Partial<Row>[]; quarantined: Quarantined[] }
type Wanted<Row extends object> = { message: RawMessage; operations: Operation<Row>[] }

async function foldBatch<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  open: Pick<OpenProjection<Row>, 'rows'>,
  batch: readonly RawMessage[],
  parked: Set<string>,
  catalogue: Catalogue,
  options: RunProjectionOptions,
): Promise<Work<Row>> {
  const quarantined: Quarantined[] = []
  const set = (message: RawMessage, reason: string) => {
    const { subject, seq, headers } = message
    parked.add(subject)
    quarantined.push({ subject, seq, eventId: headers['ce-id'] ?? '', reason })
  }
  const poison = (message: RawMessage, error: unknown) => {
    options.onError(error, message)
    set(message, error instanceof Error ? `${error.name}: ${error.message}` : 'a handler threw what is no error')
  }
  const wanted: Wanted<Row>[] = []
  for (const message of batch) {
    const asked = await askedBy(projection, message, parked, options.sealer, catalogue)
    if (asked === 'parked') set(message, 'an earlier message of its aggregate is in quarantine')
    else if ('poison' in asked) poison(message, asked.poison)
    else if (asked.operations.length > 0) wanted.push({ message, operations: asked.operations })
  }
  const needs = needsOf(
    projection,
    wanted.flatMap(({ operations }) => operations),
  )
  const fold = createFold(projection, needs.length === 0 ? [] : await open.rows(needs))
  const stopped = new Set<string>()
  for (const { message, operations } of wanted) {
    if (stopped.has(message.subject)) {
      set(message, 'an earlier message of its aggregate is in quarantine')
      continue
    }
    try {
      fold.apply(operations)
    } catch (error) {
      stopped.add(message.subject)
      poison(message, error)
    }
  }
  return { puts: fold.puts(), drops: fold.drops(), quarantined }
}

type Catalogue = ReturnType<typeof eventCatalogue>

async function askedBy<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  message: RawMessage,
  parked: ReadonlySet<string>,
  sealer: Sealer,
  catalogue: Catalogue,
): Promise<{ operations: Operation<Row>[] } | { poison: unknown } | 'parked'> {
  if (parked.has(message.subject)) return 'parked'
  // The types stand in the open header: what no handler wants is not unsealed.
  const types = message.headers['ce-type']?.split(',') ?? []
  if (types.length > 0 && !types.some((type) => type in projection.on)) return { operations: [] }
  try {
    return askOf(projection, await openMessage(message, sealer, catalogue))
  } catch (error) {
    if (error instanceof KeyMissing) return { operations: [] }
    const isPoison = error instanceof EventInvalid || error instanceof LogBroken || error instanceof SealBroken
    if (isPoison) return { poison: error }
    throw error
  }
}
