import { JetStreamApiCodes, JetStreamApiError, jetstreamManager, type StreamInfo } from '@nats-io/jetstream'
import { type Context, contexts } from '@pf/contracts'
import { BrokerUnfit, openJetStreamLog, streamOf } from '@pf/eventing/jetstream'
import type { Around, Command } from './command.ts'
import { counted, show, sized } from './terminal.ts'

type Reaction = { name: string; acknowledgedUpTo: number; pending: number; underWay: number }
type Stream = {
  stream: string
  context: Context
  messages: number
  bytes: number
  aggregates: number
  firstSeq: number
  lastSeq: number
  /** Sequences between them that hold nothing: erased. */
  erased: number
  firstAt: string | undefined
  lastAt: string | undefined
  replicas: number
  /** What differs from the declaration; undefined where nothing does. */
  differs: string | undefined
  reactions: Reaction[]
}

export const streams: Command = {
  usage: 'streams [--json]',
  about: `Messages, bytes, first and last of each stream, and whether it is as declared.
What a stream is declared as stands in packages/eventing; a service does not start on one that differs. "erased" counts
sequences that hold nothing any more. Exit code 1 where a stream is missing or differs.`,
  options: {},
  words: [0, 0],
  async run(_, { installation, terminal }) {
    const found = await Promise.all(contexts.map((context) => streamIn(installation, context)))
    const there = found.filter((one) => one !== undefined)
    const missing = contexts.filter((_context, at) => found[at] === undefined)
    const rows = there.map((one) => [
      one.stream,
      one.messages,
      sized(one.bytes),
      one.aggregates,
      `${one.firstSeq}…${one.lastSeq}`,
      one.erased,
      one.firstAt?.slice(0, 19),
      one.lastAt?.slice(0, 19),
      one.differs === undefined ? 'yes' : 'NO',
    ])
    const head = ['STREAM', 'MESSAGES', 'BYTES', 'AGGREGATES', 'SEQUENCES', 'ERASED', 'FIRST', 'LAST', 'AS DECLARED']
    show(terminal, head, rows, { streams: there, missing })
    if (!terminal.json) for (const line of notes(there, missing)) terminal.out(line)
    return missing.length > 0 || there.some(({ differs }) => differs !== undefined) ? 1 : 0
  },
}

function notes(there: readonly Stream[], missing: readonly Context[]): string[] {
  const reactions = there.flatMap(({ context, reactions }) => reactions.map((one) => ({ context, ...one })))
  return [
    '',
    ...reactions.map(
      ({ context, name, acknowledgedUpTo, pending, underWay }) =>
        `${name} has acknowledged ${context} up to ${counted(acknowledgedUpTo)}; ${counted(pending)} to come, ${counted(underWay)} under way`,
    ),
    ...there.flatMap(({ differs }) => differs ?? []),
    ...missing.map((context) => `${streamOf(context)} is not there: the first start of its service makes it.`),
  ]
}

async function streamIn(installation: Around['installation'], context: Context): Promise<Stream | undefined> {
  const nats = await installation.nats()
  const jsm = await jetstreamManager(nats)
  const name = streamOf(context)
  const info = await jsm.streams.info(name).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined
    throw error
  })
  if (info === undefined) return undefined
  const reactions: Reaction[] = []
  for await (const { config, ack_floor, num_pending, num_ack_pending } of jsm.consumers.list(name)) {
    if (config.durable_name === undefined) continue
    reactions.push({
      name: config.durable_name,
      acknowledgedUpTo: ack_floor.stream_seq,
      pending: num_pending,
      underWay: num_ack_pending,
    })
  }
  const differs = await differenceOf(installation, context)
  return { ...factsOf(context, info), differs, reactions: reactions.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

function factsOf(context: Context, { config, state }: StreamInfo): Omit<Stream, 'differs' | 'reactions'> {
  const any = state.messages > 0
  return {
    stream: config.name,
    context,
    messages: state.messages,
    bytes: state.bytes,
    aggregates: state.num_subjects ?? 0,
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    erased: state.last_seq - state.messages,
    firstAt: any ? state.first_ts : undefined,
    lastAt: any ? state.last_ts : undefined,
    replicas: config.num_replicas,
  }
}

/** Asked of who knows: a log that is opened compares. */
async function differenceOf({ nats, config }: Around['installation'], context: Context): Promise<string | undefined> {
  try {
    await openJetStreamLog(await nats(), { replicas: config.natsReplicas, contexts: [], awaited: [context] })
    return undefined
  } catch (error) {
    if (error instanceof BrokerUnfit) return error.message
    throw error
  }
}
