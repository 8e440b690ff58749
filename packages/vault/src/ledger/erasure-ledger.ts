import { LedgerRefused } from '../refusals.ts'
import {
  covers,
  type ErasedScope,
  entryAfter,
  joined,
  type LedgerEntry,
  type LedgerFact,
  parseEntry,
  type SeqRange,
} from './ledger-entries.ts'

/** Where a ledger's lines are kept, each under its number and for ever. */
export interface LedgerPlace {
  /** For messages: a folder, an address. */
  readonly name: string
  /** Numbers of the lines that are there, ascending. */
  numbers(): Promise<number[]>
  read(seq: number): Promise<string>
  /** Durable when it resolves. False where there is a line of this number already, which stays as it is. */
  write(seq: number, line: string): Promise<boolean>
}

/**
 * What was erased, kept outside of every backup: a restored log, vault or bucket is older than it and has to be brought up to
 * it before anybody may read. Lines are only ever added; each carries the checksum of the one before.
 */
export interface ErasureLedger {
  readonly id: string
  /** All lines by now, also those that other processes wrote. Throws LedgerRefused (`ledger_broken`). */
  entries(): Promise<readonly LedgerEntry[]>
  /** Durable when it resolves. */
  append(fact: Exclude<LedgerFact, { fact: 'opened' }>): Promise<LedgerEntry>
  /** Everything that was ever erased, or is being erased beyond return, oldest first. */
  scopes(): Promise<readonly { erasureId: string; seq: number; scope: ErasedScope }[]>
  /** Whether the ledger says that these messages were purged, both ends included; one where no end is told. Cheap where it does. */
  purged(stream: string, from: number, upTo?: number): Promise<boolean>
}

type Made = { now(): Date; uuid(): string }

/** Undefined where none was ever begun there. Throws LedgerRefused. */
export async function openErasureLedger(place: LedgerPlace, made: Made): Promise<ErasureLedger | undefined> {
  const lines = readLines(place)
  const [first] = await lines.all()
  if (first === undefined) return undefined
  if (first.fact !== 'opened') {
    throw new LedgerRefused(
      'ledger_broken',
      `The erasure ledger ${place.name} does not begin as one. Take another copy.`,
    )
  }
  return ledgerOn(place, first.ledgerId, lines, made)
}

/** Opens it, or begins a new one. */
export async function beginErasureLedger(place: LedgerPlace, made: Made): Promise<ErasureLedger> {
  const standing = await openErasureLedger(place, made)
  if (standing !== undefined) return standing
  const first = entryAfter(undefined, made.now(), { fact: 'opened', ledgerId: made.uuid() })
  await place.write(1, lineOf(first))
  // Of two processes that begin at once the first one's stands, for both.
  const begun = await openErasureLedger(place, made)
  if (begun === undefined) throw new Error(`The erasure ledger ${place.name} vanished while it was being begun.`)
  return begun
}

const lineOf = (entry: LedgerEntry): string => `${JSON.stringify(entry)}\n`

/** Lines that were read and checked once are not read again. */
function readLines(place: LedgerPlace) {
  const known: LedgerEntry[] = []
  let turn: Promise<unknown> = Promise.resolve()
  const refresh = async (): Promise<readonly LedgerEntry[]> => {
    const numbers = await place.numbers()
    for (const [index, seq] of numbers.entries()) {
      if (seq !== index + 1) {
        throw new LedgerRefused(
          'ledger_broken',
          `The erasure ledger ${place.name} lacks entry ${index + 1}: the next one that is there is ${seq}. Take a whole copy.`,
        )
      }
      if (index < known.length) continue
      known.push(parseEntry(await place.read(seq), known.at(-1), place.name))
    }
    return known
  }
  return {
    /** Without looking for more. */
    known: (): readonly LedgerEntry[] => known,
    all(): Promise<readonly LedgerEntry[]> {
      const mine = turn.then(refresh)
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

/** Each stream's purged ranges, joined once per line that came. */
function purgedRanges() {
  const found = new Map<string, { upTo: number; ranges: readonly SeqRange[] }>()
  return (stream: string, lines: readonly LedgerEntry[]): readonly SeqRange[] => {
    const known = found.get(stream) ?? { upTo: 0, ranges: [] }
    if (known.upTo === lines.length) return known.ranges
    const later = lines.slice(known.upTo).flatMap((entry) => {
      return entry.fact === 'purging' && entry.stream === stream ? entry.ranges : []
    })
    const ranges = later.length === 0 ? known.ranges : joined([...known.ranges, ...later])
    found.set(stream, { upTo: lines.length, ranges })
    return ranges
  }
}

function ledgerOn(place: LedgerPlace, id: string, lines: ReturnType<typeof readLines>, { now }: Made): ErasureLedger {
  const purgedOf = purgedRanges()
  return {
    id,
    entries: () => lines.all(),
    async append(fact) {
      for (;;) {
        const entry = entryAfter((await lines.all()).at(-1), now(), fact)
        // Another process took the number: after its line comes ours.
        if (await place.write(entry.seq, lineOf(entry))) return entry
      }
    },
    async scopes() {
      return (await lines.all()).flatMap((entry) =>
        entry.fact === 'erasing' ? [{ erasureId: entry.erasureId, seq: entry.seq, scope: entry.scope }] : [],
      )
    },
    async purged(stream, from, upTo = from) {
      // What was purged stays so: only what is not known yet is looked for in lines that others wrote.
      const isKnown = covers(purgedOf(stream, lines.known()), from, upTo)
      return isKnown || covers(purgedOf(stream, await lines.all()), from, upTo)
    },
  }
}
