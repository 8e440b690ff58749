import type { JetStreamManager } from '@nats-io/jetstream'
import { purgedSubjects } from '../address.ts'
import type { EventLog, RawMessage } from '../ports.ts'
import { streamOf } from './streams.ts'
import type { TailOptions } from './tail.ts'
import { type Patience, untilAnswered } from './unanswered.ts'

type Parts = {
  jsm: JetStreamManager
  patience: Patience
  follow(options: TailOptions, signal: AbortSignal): AsyncIterable<RawMessage>
  /** Sequence of the last message under the filter; 0 where there is none. */
  lastOf(of: { stream: string; filter: string }): Promise<number>
  /** Whether a message under the filter comes after the sequence, that can be read. */
  isLeft(of: { stream: string; filter: string }, afterSeq: number): Promise<boolean>
}

/** Round by round, until nothing is left: what is appended while a round goes on is not told yet, and stays for the next. */
export async function purge(
  { jsm, patience, follow, lastOf, isLeft }: Parts,
  [of, purging]: Parameters<EventLog['purge']>,
): Promise<number> {
  const place = { stream: streamOf(of.context), filter: purgedSubjects(of) }
  let purged = 0
  for (let last = await lastOf(place); last > 0; last = await lastOf(place)) {
    const upTo = last
    const seqs: number[] = []
    const end = async (readSeq: number) => ((await isLeft(place, readSeq)) ? upTo : readSeq)
    const listed = follow({ ...place, after: { seq: 0 }, end }, new AbortController().signal)
    for await (const { seq } of listed) seqs.push(seq)
    await purging(seqs)
    await untilAnswered(patience, () => jsm.streams.purge(place.stream, { filter: place.filter, seq: upTo + 1 }))
    purged += seqs.length
  }
  return purged
}
