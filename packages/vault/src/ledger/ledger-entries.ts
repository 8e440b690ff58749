import { createHash } from 'node:crypto'
import { LedgerRefused } from '../refusals.ts'

/** What is erased: a user's space with all that is in it, or one connection of it with the accounts that only it feeds. */
export type ErasedScope =
  | { of: 'space'; spaceId: string }
  | { of: 'connection'; spaceId: string; connectionId: string; accountIds: readonly string[] }

/** Sequences of one stream, both ends included. */
export type SeqRange = readonly [from: number, to: number]

export type LedgerFact =
  | { fact: 'opened'; ledgerId: string }
  /** From here on there is no way back: keys are destroyed, and what they sealed goes. */
  | { fact: 'erasing'; erasureId: string; scope: ErasedScope }
  /** Told before it happens: a checkpoint that points into these ranges is not that of another log. */
  | { fact: 'purging'; erasureId: string; stream: string; streamCreatedAt: string; ranges: readonly SeqRange[] }
  | { fact: 'erased'; erasureId: string }

/** One line of the ledger. `hash`: SHA-256 of the line without it; `previous`: that of the line before, '' at first. */
export type LedgerEntry = LedgerFact & { seq: number; at: string; previous: string; hash: string }

const hashOf = (entry: object): string => createHash('sha256').update(JSON.stringify(entry)).digest('hex')

export function entryAfter(last: LedgerEntry | undefined, at: Date, fact: LedgerFact): LedgerEntry {
  const entry = { seq: (last?.seq ?? 0) + 1, at: at.toISOString(), ...fact, previous: last?.hash ?? '' }
  return { ...entry, hash: hashOf(entry) }
}

/** Throws LedgerRefused (`ledger_broken`) where the line does not follow from the one before. */
export function parseEntry(line: string, last: LedgerEntry | undefined, place: string): LedgerEntry {
  const seq = (last?.seq ?? 0) + 1
  const broken = (problem: string) =>
    new LedgerRefused(
      'ledger_broken',
      `Entry ${seq} of the erasure ledger ${place} ${problem}. Take an undamaged copy.`,
    )
  let parsed: LedgerEntry
  try {
    parsed = JSON.parse(line)
  } catch {
    throw broken('is no JSON')
  }
  const { hash, ...entry } = parsed
  if (hash !== hashOf(entry)) throw broken('was changed: its checksum does not fit')
  if (entry.seq !== seq || entry.previous !== (last?.hash ?? '')) throw broken('does not follow from the one before')
  return parsed
}

/** Ascending sequences as ranges. */
export function rangesOf(seqs: readonly number[]): SeqRange[] {
  const ranges: [number, number][] = []
  for (const seq of seqs) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === seq - 1) last[1] = seq
    else ranges.push([seq, seq])
  }
  return ranges
}

/** The same sequences, ascending, with nothing between neighbours that touch. */
export function joined(ranges: readonly SeqRange[]): SeqRange[] {
  const whole: [number, number][] = []
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = whole.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole
}

/** Whether ranges that are `joined` hold all from one sequence up to another. */
export function covers(ranges: readonly SeqRange[], from: number, upTo: number): boolean {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.[1] ?? 0) < from) low = middle + 1
    else high = middle
  }
  const [first, last] = ranges[low] ?? [Number.POSITIVE_INFINITY, 0]
  return first <= from && upTo <= last
}
