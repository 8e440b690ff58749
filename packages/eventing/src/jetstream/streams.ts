import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Context } from '@pf/contracts'
import type { Timing } from '../ports.ts'

/** The broker is not what the log needs: its version, or how a stream is configured. Says what to do. */
export class BrokerUnfit extends Error {
  constructor(found: string, remedy: string) {
    super(`${found} ${remedy}`)
    this.name = 'BrokerUnfit'
  }
}

const oldestVersion = { major: 2, minor: 14 }
const nanosPerMs = 1_000_000

export const streamOf = (context: Context): string => `EVT_${context.toUpperCase()}`

export type StreamSettings = { replicas: number; duplicateWindowMs: number }

/** The one declaration of our streams. Nothing is ever dropped: no ages, no limits; a full disk refuses what is new. */
export function streamDeclaration(context: Context, { replicas, duplicateWindowMs }: StreamSettings) {
  return {
    name: streamOf(context),
    subjects: [`evt.${context}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msgs_per_subject: -1,
    max_msg_size: 1024 * 1024,
    duplicate_window: duplicateWindowMs * nanosPerMs,
    num_replicas: replicas,
    allow_direct: false,
    sealed: false,
    deny_purge: false,
  } satisfies Partial<StreamConfig>
}

export const snapshotStreamOf = (context: Context): string => `SNAP_${context.toUpperCase()}`

/** The one declaration of what is kept of aggregates beside the log: of each the newest. */
export function snapshotDeclaration(context: Context, { replicas }: Pick<StreamSettings, 'replicas'>) {
  return {
    name: snapshotStreamOf(context),
    subjects: [`snap.${context}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msgs_per_subject: 1,
    max_msg_size: 1024 * 1024,
    num_replicas: replicas,
    allow_direct: false,
    sealed: false,
    deny_purge: false,
  } satisfies Partial<StreamConfig>
}

/** Throws BrokerUnfit below 2.14: older ones accept two writers on three replicas, and drop unknown settings silently. */
export function assertVersion(nc: NatsConnection): void {
  const version = nc.info?.version ?? 'unknown'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const { major: needMajor, minor: needMinor } = oldestVersion
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new BrokerUnfit(`nats-server is ${version}.`, `Install ${needMajor}.${needMinor} or newer and start again.`)
}

/** Makes the stream where it is missing, then compares what the server keeps with the declaration. Throws BrokerUnfit. */
export async function openStream(
  jsm: JetStreamManager,
  declared: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const present = await configOf(jsm, declared.name)
  if (!present) await jsm.streams.add({ ...declared })
  assertAsDeclared(declared, present ?? (await configOf(jsm, declared.name)))
}

/** A stream that another service makes and we may not: waits until it is there, then compares. Throws BrokerUnfit. */
export async function awaitStream(
  jsm: JetStreamManager,
  context: Context,
  settings: StreamSettings,
  { timing, waitMs }: { timing: Timing; waitMs: number },
): Promise<void> {
  const declared = streamDeclaration(context, settings)
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += askAgainMs) {
    const present = await configOf(jsm, declared.name)
    if (present) return assertAsDeclared(declared, present)
    await timing.wait(askAgainMs)
  }
  throw new BrokerUnfit(
    `Stream ${declared.name} is not there after ${waitMs} ms.`,
    `The service ${context} makes it: start that one as well.`,
  )
}

const askAgainMs = 50

function assertAsDeclared(declared: Partial<StreamConfig> & { name: string }, kept: StreamConfig | undefined): void {
  const wrong = Object.entries(declared).filter(
    ([field, value]) => JSON.stringify(settingOf(kept, field)) !== JSON.stringify(value),
  )
  if (wrong.length === 0) return
  const differences = wrong.map(
    ([field, value]) => `${field} is ${JSON.stringify(settingOf(kept, field))}, declared is ${JSON.stringify(value)}`,
  )
  throw new BrokerUnfit(
    `Stream ${declared.name} is not as declared: ${differences.join('; ')}.`,
    `Change it on the server (nats stream edit ${declared.name}), or the declaration; then start again.`,
  )
}

async function configOf(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined
    throw error
  }
}

// The server leaves out what is false.
function settingOf(config: object | undefined, field: string): unknown {
  return new Map<string, unknown>(Object.entries(config ?? {})).get(field) ?? false
}
