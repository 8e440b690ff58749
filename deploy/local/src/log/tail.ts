import type { Context } from '@pf/contracts'
import { addressOf, type EventLog, type RawMessage, type ReadPlace } from '@pf/eventing'
import { type Command, type Options, textOf } from './command.ts'
import { contextsOf } from './contexts.ts'
import { linesOf, sealerFor, shown } from './recorded.ts'
import { UsageError } from './refusals.ts'
import type { Terminal } from './terminal.ts'

type Filter = { fits(message: RawMessage): boolean; since: Date | undefined }

const fewest = 20

export const tail: Command = {
  usage:
    'tail [context] [--last N] [--since 2h|2026-11-01] [--aggregate KIND] [--space ID] [--type TYPE] [--follow] [--open] [--json]',
  about: `The newest messages, their headers alone; --follow goes on until Ctrl-C.
--last N of each stream (20 unless told; all with --since). --since takes an instant, a day, or so long ago (30m, 2h, 3d).
--open opens bodies: they may hold what a person or a bank said. With --json one message a line.`,
  options: {
    last: { type: 'string' },
    since: { type: 'string' },
    aggregate: { type: 'string' },
    space: { type: 'string' },
    type: { type: 'string' },
    follow: { type: 'boolean' },
    open: { type: 'boolean' },
  },
  words: [0, 1],
  async run({ words, options }, { installation, terminal }) {
    const contexts = contextsOf(words[0])
    const filter = filterOf(options)
    const last = lastOf(options, filter)
    const log = await installation.eventLog()
    const sealer = await sealerFor(installation, options['open'] === true)
    const print = async (message: RawMessage) => {
      const readable = await shown(message, sealer)
      for (const line of terminal.json ? [JSON.stringify(readable)] : linesOf(readable)) terminal.out(line)
    }
    const newest = await Promise.all(contexts.map((context) => newestOf(log, context, filter, last, terminal)))
    const messages = newest.flatMap((one) => one.messages)
    for (const message of messages.sort((a, b) => (a.time < b.time ? -1 : 1))) await print(message)
    if (options['follow'] !== true) return 0
    await Promise.all(
      newest.map(async ({ context, place }) => {
        for await (const message of log.tail(context, place, terminal.signal))
          if (filter.fits(message)) await print(message)
      }),
    )
    return 0
  },
}

/** The last `count` that fit, and up to where was looked. */
async function newestOf(
  log: EventLog,
  context: Context,
  { fits, since }: Filter,
  count: number,
  { signal }: Terminal,
): Promise<{ context: Context; place: ReadPlace; messages: RawMessage[] }> {
  const { createdAt, lastSeq } = await log.info(context)
  let upTo = since === undefined ? 0 : await lastBefore(log, context, since, lastSeq)
  const messages: RawMessage[] = []
  for await (const message of log.scan(context, upTo, signal)) {
    upTo = message.seq
    if (!fits(message)) continue
    messages.push(message)
    if (messages.length > count) messages.shift()
  }
  return { context, place: { seq: Math.max(upTo, lastSeq), streamCreatedAt: createdAt }, messages }
}

/** A sequence with nothing newer than `since` up to it: the log's times rise with its sequences. */
async function lastBefore(log: EventLog, context: Context, since: Date, lastSeq: number): Promise<number> {
  let before = 0
  let after = lastSeq
  while (before < after) {
    const middle = Math.floor((before + after) / 2)
    const message = await log.next(context, middle)
    if (message === undefined || Date.parse(message.time) >= since.getTime()) after = middle
    else before = message.seq
  }
  return before
}

function filterOf(options: Options): Filter {
  const [aggregate, space, type, since] = ['aggregate', 'space', 'type', 'since'].map((name) => textOf(options, name))
  return {
    since: since === undefined ? undefined : instantOf(since, new Date()),
    fits({ subject, headers }) {
      const address = addressOf(subject)
      return (
        (aggregate === undefined || address.aggregate === aggregate) &&
        (space === undefined || address.spaceId === space) &&
        (type === undefined || (headers['ce-type'] ?? '').split(',').includes(type))
      )
    },
  }
}

function lastOf(options: Options, { since }: Filter): number {
  const said = textOf(options, 'last')
  if (said === undefined) return since === undefined ? fewest : Number.POSITIVE_INFINITY
  const count = Number(said)
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new UsageError(`--last: found ${said}, expected a number from 0.`)
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Exported for its spec. Throws UsageError. */
export function instantOf(said: string, now: Date): Date {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(said) ?? []
  if (count !== undefined) return new Date(now.getTime() - Number(count) * units[unit as keyof typeof units])
  const instant = new Date(said)
  if (/^\d{4}-\d{2}-\d{2}/.test(said) && !Number.isNaN(instant.getTime())) return instant
  throw new UsageError(`--since: found ${said}, expected an instant (2026-11-01T12:00:00Z), a day, or 30m, 2h, 3d.`)
}
