import type { AggregateDeclaration, AnyEvent, Context } from '@pf/contracts'
import { batches } from './batches.ts'
import { eventCatalogue } from './declared-events.ts'
import { foldBatch } from './fold-batch.ts'
import type { EventLog, RawMessage, Sealer } from './ports.ts'
import type { Projection } from './projection.ts'
import { type Advancing, type Checkpoint, LogGap, RebuildNeeded } from './projection-store.ts'
import { differenceFrom } from './read-place.ts'

export type ProjectParts = {
  log: EventLog
  sealer: Sealer
  /** Poison with its message, or a failure that will be tried again. */
  onError(error: unknown, message?: RawMessage): void
  /**
   * Whether the erasure ledger explains that these messages are gone, both ends included. It says so before they go. Without
   * it nobody can tell, and gaps are passed over.
   */
  erased?(context: Context, from: number, upTo: number): Promise<boolean>
  declarations?: readonly AggregateDeclaration[]
}

export type Course = {
  signal: AbortSignal
  passed(seq: number): void
  /** Ends where nothing up to this sequence is left; else it goes on until the signal. */
  upToSeq?: number
}

const limits = { maxMessages: 1000, maxBytes: 8 * 1024 * 1024 }

/** Projects from the checkpoint on, a transaction for each batch. Throws Fenced, RebuildNeeded, LogGap, and the signal's reason. */
export async function project<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  advancing: Advancing<Row>,
  parts: ProjectParts,
  { signal, passed, upToSeq }: Course,
): Promise<void> {
  const { log, sealer, onError, declarations } = parts
  const { context } = projection
  const catalogue = eventCatalogue(declarations)
  let from = await advancing.checkpoint()
  const { createdAt } = await assertSameLog(projection, from, parts)
  passed(from?.seq ?? 0)
  const isThere = async () => upToSeq !== undefined && !(await isLeft(log, context, from?.seq ?? 0, upToSeq))
  if (await isThere()) return
  const parked = await advancing.parked()
  const working = new AbortController()
  const place = from ?? { seq: 0, streamCreatedAt: createdAt }
  const tail = log.tail(context, place, AbortSignal.any([signal, working.signal]))
  try {
    for await (const arrived of batches(tail, limits)) {
      const batch = upToSeq === undefined ? arrived : arrived.filter(({ seq }) => seq <= upToSeq)
      const last = batch.at(-1)
      if (last) {
        const to = checkpointAt(last, context, createdAt)
        await assertNoGap(projection, from?.seq ?? 0, batch, parts)
        const rows = (keys: readonly Partial<Row>[]) => advancing.rows(keys)
        const work = await foldBatch(projection, batch, { rows, parked, sealer, catalogue, onPoison: onError })
        await advancing.commit({ from, to, ...work })
        from = to
        passed(to.seq)
      }
      if (batch.length < arrived.length || (await isThere())) return
    }
  } finally {
    working.abort(hasEnded)
  }
  signal.throwIfAborted()
}

/** Nobody reads it: without a reason an abort makes an error with a stack. */
const hasEnded = 'it has ended'

const checkpointAt = ({ seq, headers }: RawMessage, stream: string, streamCreatedAt: string): Checkpoint => ({
  stream,
  streamCreatedAt,
  seq,
  eventId: headers['ce-id'] ?? '',
})

async function isLeft(log: EventLog, context: Context, afterSeq: number, upToSeq: number): Promise<boolean> {
  if (afterSeq >= upToSeq) return false
  const next = await log.next(context, afterSeq)
  return next !== undefined && next.seq <= upToSeq
}

/** Messages of the stream after the sequence; none where all that followed was erased. */
export async function lagBehind(log: EventLog, context: Context, seq: number): Promise<number> {
  const { lastSeq } = await log.info(context)
  if (lastSeq <= seq) return 0
  return (await log.next(context, seq)) === undefined ? 0 : lastSeq - seq
}

type Named = Pick<Projection<never, never>, 'name' | 'version' | 'context'>

async function assertSameLog(
  projection: Named,
  checkpoint: Checkpoint | undefined,
  parts: Pick<ProjectParts, 'log' | 'erased'>,
): Promise<{ createdAt: string }> {
  const { createdAt, problem } = await compareWithLog(projection, checkpoint, parts)
  if (problem !== undefined) throw new RebuildNeeded(`${projection.name} v${projection.version}`, problem)
  return { createdAt }
}

/**
 * Sequences of a stream are contiguous but for what was purged. Where the log has what did not arrive, whoever sent it does not
 * (a replica whose disk is damaged): that may pass, and is read again from the checkpoint.
 */
async function assertNoGap(
  { name, version, context }: Named,
  afterSeq: number,
  batch: readonly RawMessage[],
  { log, erased }: Pick<ProjectParts, 'log' | 'erased'>,
): Promise<void> {
  if (!erased) return
  let last = afterSeq
  for (const { seq } of batch) {
    const [from, upTo] = [last + 1, seq - 1]
    last = seq
    if (from > upTo || (await erased(context, from, upTo))) continue
    const there = await log.next(context, from - 1)
    if (there && there.seq <= upTo)
      throw new Error(`Message ${there.seq} of ${context} did not arrive; it is read again.`)
    throw new LogGap(`${name} v${version}`, context, { from, upTo })
  }
}

/** A log that was truncated, restored or made anew reuses sequences: the message at the checkpoint must be the one seen then. */
export async function compareWithLog(
  { context }: Pick<Named, 'context'>,
  checkpoint: Checkpoint | undefined,
  { log, erased }: Pick<ProjectParts, 'log' | 'erased'>,
): Promise<{ createdAt: string; problem?: string }> {
  const stream = await log.info(context)
  const { createdAt } = stream
  if (!checkpoint) return { createdAt }
  const { seq, eventId } = checkpoint
  const there = await log.read(context, seq)
  const problem = differenceFrom(checkpoint, stream, there)
  if (problem !== undefined) return { createdAt, problem: `stream ${context} is not the one it has read: ${problem}` }
  if (there || (await erased?.(context, seq, seq))) return { createdAt }
  return { createdAt, problem: `at ${seq} it has read event ${eventId}, and stream ${context} holds nothing there` }
}
