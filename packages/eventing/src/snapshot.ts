import { chainHash, envelopeOf } from './envelope.ts'
import { type HandledCommands, handledCommands } from './handled-commands.ts'
import { KeyMissing, type RawMessage, SealBroken, type Sealer, type StoredSnapshot } from './ports.ts'

/** An aggregate as it was after one of its messages. */
export type Snapshot<State> = {
  state: State
  /** Of the message it was made after. */
  seq: number
  version: number
  hash: string
  /** `es-hash` of the message before that one; empty: none. */
  previous: string
  commands: HandledCommands
}

/** A snapshot was found that is not of this log, or cannot be read. It is passed over: the log is read instead. */
export class SnapshotUnfit extends Error {
  constructor(subject: string, problem: string, cause?: unknown) {
    super(`The snapshot of ${subject} was passed over and its log read instead: ${problem}.`, { cause })
    this.name = 'SnapshotUnfit'
  }
}

/** As much as an event may take; a state that is larger is folded from the log each time. */
const maxSnapshotBytes = 512 * 1024

/** Binds it to its place and shape: moved elsewhere it does not open. */
const aadOf = (subject: string, shape: number): string => JSON.stringify(['snapshot', subject, shape])

type Place = { subject: string; spaceId: string; shape: number }

/** Nothing where it is too large to be kept. */
export async function sealSnapshot<State>(
  sealer: Sealer,
  { subject, spaceId, shape }: Place,
  { state, seq, version, hash, previous, commands }: Snapshot<State>,
): Promise<StoredSnapshot | undefined> {
  const plain = Buffer.from(JSON.stringify({ state, seq, version, hash, previous, commands: commands.print() }))
  if (plain.byteLength > maxSnapshotBytes) return undefined
  const { keyId, bytes } = await sealer.seal(spaceId, plain, aadOf(subject, shape))
  return { shape, keyId, body: bytes }
}

/** Undefined where it is of another shape or its key is gone. Throws SnapshotUnfit, and what the sealer's store throws. */
export async function openSnapshot<State>(
  sealer: Sealer,
  { subject, spaceId, shape }: Place,
  stored: StoredSnapshot,
): Promise<Snapshot<State> | undefined> {
  if (stored.shape !== shape) return undefined
  try {
    const plain = await sealer.open(spaceId, stored.keyId, stored.body, aadOf(subject, shape))
    // What opens in its place was written by `printSnapshot`, of a state of this shape.
    const { commands, ...rest } = JSON.parse(Buffer.from(plain).toString()) as Snapshot<State> & { commands: string }
    return { ...rest, commands: handledCommands(commands) }
  } catch (error) {
    if (error instanceof KeyMissing) return undefined
    if (error instanceof SealBroken) throw new SnapshotUnfit(subject, 'it does not open', error)
    throw error
  }
}

/** `message`: what the log has where the snapshot was made. Throws SnapshotUnfit where it is not what it was made after. */
export function assertFits(subject: string, snapshot: Snapshot<unknown>, message: RawMessage | undefined): void {
  const unfit = (problem: string) => new SnapshotUnfit(subject, problem)
  const { seq, version, hash, previous } = snapshot
  if (message?.seq !== seq) throw unfit(`it was made after sequence ${seq}, where the log has nothing of the aggregate`)
  const found = envelopeOf(message)
  if (found.version + found.count - 1 !== version) {
    throw unfit(`it was made after version ${version}, the log has ${found.version + found.count - 1} there`)
  }
  if (found.hash !== hash || chainHash(previous, message.body) !== hash) {
    throw unfit(`the message at sequence ${seq} is not the one it was made after`)
  }
}
