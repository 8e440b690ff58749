import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Context } from '@pf/contracts'
import { LogUnavailable } from '../ports.ts'
import { inboxOf } from './messages.ts'
import { assertVersion, streamOf } from './streams.ts'

/**
 * Copies of whole streams by the broker's own snapshots (ADR-12's API, as `nats stream backup`): a restored stream has each
 * message at its sequence and time, the gaps that erasures left, and its durable consumers. Published anew, messages would
 * close the gaps, and every sequence that a read model, the lake or the erasure ledger remembers would name another one.
 */
export type StreamCopy = {
  context: Context
  /** The broker's own, as it was. */
  config: Record<string, unknown>
  /** As the broker counts when it begins; what is appended later is not in the copy. */
  messages: number
  firstSeq: number
  lastSeq: number
  /** Sequences between first and last that hold nothing: erased. */
  deleted: number
}

/** How far a reaction has acknowledged: everything up to it had its effect. */
export type ReactionPosition = { context: Context; name: string; upTo: number }

/** The broker does not copy or restore: says which stream, and why. */
export class StreamCopyFailed extends Error {
  readonly code = 'stream_copy_failed'
  constructor(doing: string, context: Context, found: string, options?: ErrorOptions) {
    super(`stream_copy_failed: ${doing} ${streamOf(context)}: ${found}`, options)
    this.name = 'StreamCopyFailed'
  }
}

const chunkBytes = 128 * 1024
const answerMs = 10_000
/** The broker checks every message's checksum first: of a large stream, that takes its time. */
const firstChunkMs = 120_000

/**
 * `write` hears the copy's bytes in order and is waited for; the broker sends no more than its window ahead. A message whose
 * checksum is broken fails the copy. Throws StreamCopyFailed, LogUnavailable.
 */
export async function copyStream(
  nc: NatsConnection,
  context: Context,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<StreamCopy> {
  assertVersion(nc)
  const inbox = inboxOf(nc)
  const received = receive(nc, context, inbox, write)
  // Whoever fails first is told; the other is over with it.
  received.ended.catch(() => undefined)
  try {
    const request = { deliver_subject: inbox, no_consumers: false, chunk_size: chunkBytes, jsck: true }
    const { config, state } = await ask<{ config: StreamConfig; state: State }>(
      nc,
      context,
      'copying',
      `$JS.API.STREAM.SNAPSHOT.${streamOf(context)}`,
      JSON.stringify(request),
    )
    await received.ended
    return {
      context,
      config: { ...config },
      messages: state.messages,
      firstSeq: state.first_seq,
      lastSeq: state.last_seq,
      deleted: state.num_deleted ?? 0,
    }
  } finally {
    received.stop()
  }
}

type State = { messages: number; bytes: number; first_seq: number; last_seq: number; num_deleted?: number }

function receive(
  nc: NatsConnection,
  context: Context,
  inbox: string,
  write: (bytes: Uint8Array) => Promise<void>,
): { ended: Promise<void>; stop(): void } {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let written = Promise.resolve()
  let silent: NodeJS.Timeout
  const watch = (ms: number) => {
    clearTimeout(silent)
    silent = setTimeout(() => reject(new LogUnavailable()), ms)
  }
  const take = (message: Msg) => {
    const { code = 0, description = '' } = message.headers ?? {}
    if (code >= 400)
      return reject(new StreamCopyFailed('copying', context, `the broker stopped: ${code} ${description}`))
    watch(answerMs)
    if (message.data.length === 0) {
      written.then(resolve, reject)
      return
    }
    written = written.then(() => write(message.data)).then(() => void message.respond())
    written.catch(reject)
  }
  const sub = nc.subscribe(inbox, { callback: (error, message) => (error ? reject(error) : take(message)) })
  watch(firstChunkMs)
  return {
    ended,
    stop() {
      clearTimeout(silent)
      sub.unsubscribe()
    },
  }
}

/**
 * Makes the stream of a copy with everything in it. Fails where a stream of the name is there already, or where the bytes are
 * not those that the broker wrote: then there is none, as before. Throws StreamCopyFailed, LogUnavailable.
 */
export async function restoreStream(
  nc: NatsConnection,
  copy: StreamCopy,
  chunks: AsyncIterable<Uint8Array>,
  { replicas }: { replicas: number },
): Promise<void> {
  assertVersion(nc)
  const { context, config } = copy
  const stream = streamOf(context)
  const { deliver_subject: to } = await ask<{ deliver_subject: string }>(
    nc,
    context,
    'restoring',
    `$JS.API.STREAM.RESTORE.${stream}`,
    JSON.stringify({ config, state: { messages: copy.messages, first_seq: copy.firstSeq, last_seq: copy.lastSeq } }),
  )
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += chunkBytes) {
      const said = await nc.request(to, chunk.subarray(at, at + chunkBytes), { timeout: answerMs })
      if (said.data.length > 0) answerOf(said, context, 'restoring')
    }
  }
  answerOf(await nc.request(to, new Uint8Array(), { timeout: firstChunkMs }), context, 'restoring')
  if (replicas === config['num_replicas']) return
  const jsm = await jetstreamManager(nc)
  await jsm.streams.update(stream, { num_replicas: replicas })
}

/** Of every reaction on these streams. */
export async function reactionPositions(nc: NatsConnection, contexts: readonly Context[]): Promise<ReactionPosition[]> {
  const jsm = await jetstreamManager(nc)
  const positions: ReactionPosition[] = []
  for (const context of contexts) {
    for await (const { config, ack_floor } of jsm.consumers.list(streamOf(context))) {
      if (config.durable_name === undefined) continue
      positions.push({ context, name: config.durable_name, upTo: ack_floor.stream_seq })
    }
  }
  return positions
}

/**
 * Sets each reaction of a restored stream to where it was when the copies began; one that was not there then, to the
 * stream's beginning. Copies of several streams are taken one after the other: what was acknowledged before the first of
 * them had its effect in all of them, and what was acknowledged later is done again, which is harmless. A copy itself holds
 * what the broker had written of its consumers, which may be older still.
 */
export async function setReactions(
  nc: NatsConnection,
  context: Context,
  positions: readonly ReactionPosition[],
): Promise<void> {
  const stream = streamOf(context)
  const then = new Map(positions.flatMap((known) => (known.context === context ? [[known.name, known.upTo]] : [])))
  for (const { name, upTo } of await reactionPositions(nc, [context])) {
    const wanted = then.get(name) ?? 0
    if (wanted === upTo) continue
    const subject = `$JS.API.CONSUMER.RESET.${stream}.${name}`
    await ask(nc, context, `setting ${name} on`, subject, JSON.stringify({ seq: wanted + 1 }))
  }
}

async function ask<T>(nc: NatsConnection, context: Context, doing: string, subject: string, body: string): Promise<T> {
  const message = await nc.request(subject, body, { timeout: answerMs }).catch((error: unknown) => {
    throw new LogUnavailable(error)
  })
  return answerOf(message, context, doing) as T
}

function answerOf(message: Msg, context: Context, doing: string): unknown {
  const answer = message.json<{ error?: { description?: string; err_code?: number } }>()
  if (answer.error === undefined) return answer
  throw new StreamCopyFailed(doing, context, `${answer.error.description} (${answer.error.err_code})`)
}
