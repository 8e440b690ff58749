import { type Context, DomainError, type ErasureScope, type Operation, refuse, requests } from '@pf/contracts'
import type { PurgedSubjects } from '@pf/eventing'
import { rangesOf } from '@pf/vault/ledger'
import { Compile } from 'typebox/compile'
import type { BusRequest } from '../bus/answers.ts'
import { patternOf } from '../bus/subjects.ts'
import type { Platform } from '../platform.ts'
import type { ErasureMark } from './erasure-mark.ts'

/** One aggregate of the service's own context. */
type Aggregate = { aggregate: string; aggregateId: string }

/** What a service erases. Everything is repeated: after a kill, after a restore, and until nothing is found. */
export type Erasing = {
  /** The service's own: of its stream goes what the scope has. */
  context: Context
  /** Aggregates of a connection and its accounts; of a space all go. */
  aggregatesOf(scope: Extract<ErasureScope, { of: 'connection' }>): Promise<readonly Aggregate[]>
  /** What its replicas share (rows, objects). Answers how much there was. */
  shared(scope: ErasureScope): Promise<number>
  /** What this process has: files, caches. `drop`: what the keys opened; `sweep`: what is left when the rest is deleted. */
  own?(scope: ErasureScope, kind: 'drop' | 'sweep'): Promise<void>
  /** How far a shared store has followed the erasure ledger that may be restored apart from the database. */
  marks?: readonly ErasureMark[]
  /** The same of what this process has. */
  ownMark?: ErasureMark
}

/** Longer than anything takes that stops when it is told to. */
const clearMs = 20_000

const input = Compile(requests.auth.erase.input)

/** Answers `erase` for one service, and does what a word asks of this process. */
export function eraseService(platform: Platform, erasing: Erasing) {
  const { holders, gate, ledger } = platform
  const erase = async (erasureId: string, scope: ErasureScope): Promise<number> => {
    // Which aggregates there are may be known by rows alone: the stream goes first.
    const purged = await purge(platform, erasing, erasureId, scope)
    await platform.deadLetters.erase(lettersOf(scope))
    return purged + (await erasing.shared(scope))
  }
  return {
    listen() {
      holders.onWord(async ({ scope: said, kind }) => {
        const scope = scopeOf(said)
        await gate.clear(scope.spaceId, clearMs)
        if (kind !== 'hold') await erasing.own?.(scope, kind)
      })
    },

    /**
     * Before anything is answered or reacted to: stores that were restored, or were away, are brought up to the ledger.
     * Answers how many erasures they had missed; `onMissed` is told before the first is made good.
     */
    async catchUp(onMissed: (count: number) => Promise<void> = async () => undefined): Promise<number> {
      const { createdAt } = await platform.eventLog.info(erasing.context)
      // A stream that was made anew has followed nothing yet.
      const marks = [platform.erasureMark(`${erasing.context} ${createdAt}`), ...(erasing.marks ?? [])]
      const scopes = await ledger.scopes()
      const last = scopes.at(-1)?.seq ?? 0
      const from = Math.min(...(await Promise.all(marks.map((mark) => mark.read()))))
      const ownFrom = (await erasing.ownMark?.read()) ?? last
      const isOlder = await isLogOlder(platform, erasing.context)
      const missed = scopes.filter(({ seq }) => isOlder || seq > from)
      const ownMissed = scopes.filter(({ seq }) => seq > ownFrom)
      const count = Math.max(missed.length, ownMissed.length)
      if (count > 0) await onMissed(count)
      for (const { erasureId, scope } of missed) await erase(erasureId, scopeOf(scope))
      for (const { scope } of ownMissed) await erasing.own?.(scopeOf(scope), 'sweep')
      if (last > from) for (const mark of marks) await mark.write(last)
      if (last > ownFrom) await erasing.ownMark?.write(last)
      return count
    },

    pattern: patternOf(requests[erasing.context].erase satisfies Operation),

    async answer({ body }: BusRequest): Promise<Uint8Array> {
      const said: unknown = JSON.parse(new TextDecoder().decode(body))
      if (!input.Check(said)) throw refuse('invalid_input', 'Expected an erasure and its scope.')
      const entry = (await ledger.scopes()).find(({ erasureId }) => erasureId === said.erasureId)
      // Nobody erases anything by a request alone: the ledger has said so before.
      if (entry === undefined) throw new DomainError('conflict', 'The erasure ledger does not know of this erasure.')
      return Buffer.from(JSON.stringify({ erased: await erase(said.erasureId, scopeOf(entry.scope)) }))
    },
  }
}

/** What was given up of it is not repeated. */
const lettersOf = (scope: ErasureScope) =>
  scope.of === 'space'
    ? { spaceId: scope.spaceId }
    : { spaceId: scope.spaceId, aggregateIds: [scope.connectionId, ...scope.accountIds] }

const scopeOf = (scope: Awaited<ReturnType<Platform['ledger']['scopes']>>[number]['scope']): ErasureScope =>
  scope.of === 'space' ? scope : { ...scope, accountIds: [...scope.accountIds] }

/** Each range stands in the ledger before its messages go: a checkpoint that points there is explained from then on. */
async function purge(
  { eventLog, ledger }: Platform,
  { context, aggregatesOf }: Erasing,
  erasureId: string,
  scope: ErasureScope,
): Promise<number> {
  const { spaceId } = scope
  const gone: PurgedSubjects[] =
    scope.of === 'space'
      ? [{ context, spaceId }]
      : (await aggregatesOf(scope)).map((aggregate) => ({ context, spaceId, ...aggregate }))
  let purged = 0
  for (const of of gone) {
    purged += await eventLog.purge(of, async (seqs) => {
      const { createdAt: streamCreatedAt } = await eventLog.info(context)
      await ledger.append({ fact: 'purging', erasureId, stream: context, streamCreatedAt, ranges: rangesOf(seqs) })
    })
  }
  return purged
}

/**
 * Whether a stream is of a time before its last purge: messages that the ledger says are gone stand in it, or it does not even
 * reach that far. A restore brings back a whole stream of one moment, so the last purge tells for all.
 */
async function isLogOlder({ eventLog, ledger }: Platform, context: Context): Promise<boolean> {
  const last = (await ledger.entries()).findLast(
    (entry) => entry.fact === 'purging' && entry.stream === context && entry.ranges.length > 0,
  )
  if (last?.fact !== 'purging') return false
  const { lastSeq } = await eventLog.info(context)
  const [first, end] = [last.ranges[0]?.[0] ?? 0, last.ranges.at(-1)?.[1] ?? 0]
  if (lastSeq < end) return true
  const found = await eventLog.read(context, first)
  // A log that was restored gives the sequences of after its copy to other messages.
  return found !== undefined && Date.parse(found.time) <= Date.parse(last.at)
}
