import { derivedUuid } from './derived-uuid.ts'
import type { ReadModel, Table } from './projection.ts'

export type Checkpoint = { stream: string; streamCreatedAt: string; seq: number; eventId: string }

/** The checkpoint is not the one that this runner left: another runner, a retry or a switch has written meanwhile. */
export class Fenced extends Error {
  constructor(projection: string) {
    super(`Projection ${projection} was written by another hand; this runner goes on from what stands there now.`)
    this.name = 'Fenced'
  }
}

/** What was projected does not belong to this log any more. Nothing heals it but a rebuild. */
export class RebuildNeeded extends Error {
  constructor(projection: string, found: string) {
    super(
      `Projection ${projection} needs a rebuild: ${found}. Ask for one (\`npm run log -- rebuild\`, or a higher version); it is built anew beside this one.`,
    )
    this.name = 'RebuildNeeded'
  }
}

/**
 * Messages that the log gave a sequence are not in it any more, and no erasure explains it. A rebuild would pass over them as
 * well: nothing is projected beyond until somebody has looked.
 */
export class LogGap extends Error {
  constructor(projection: string, context: string, { from, upTo }: { from: number; upTo: number }) {
    const which = from === upTo ? `message ${from} is` : `messages ${from} to ${upTo} are`
    super(
      `Projection ${projection} stops: ${which} not in the log of ${context}, and no erasure explains it. A rebuild does not help: see what is wrong with \`npm run log -- verify ${context}\`, then restore the log from a backup.`,
    )
    this.name = 'LogGap'
  }
}

/** The table of a build is not there (any more): it was dropped after its time. */
export class BuildGone extends Error {
  constructor(place: string, cause?: unknown) {
    super(`Read model ${place} is not there: its build was dropped. Ask which one is read now.`, { cause })
    this.name = 'BuildGone'
  }
}

/** A read model of one version, built for the n-th time: schema `<name>_v<version>`, from the second on `<name>_v<version>_r<n>`. */
export type BuildId = { readonly version: number; readonly build: number }

export type ProjectionShape<Row extends object> = {
  readonly name: string
  readonly version: number
  /** The first unless told. */
  readonly build?: number
  readonly table: Table<Row>
}

/**
 * `building`: replays beside the one that is read. `differs`: it is not equal to the one that it was to replace; an operator
 * decides. `accepted`: it shall be read, whatever differs. `read`: by everybody who knows its version. `retired`: was read
 * before, or is of an older version; it follows for a while and is dropped. `discarded`: dropped as soon as nobody runs it.
 */
export type BuildState = 'building' | 'differs' | 'accepted' | 'read' | 'retired' | 'discarded'

/** Two builds at one sequence. */
export type Comparison = {
  seq: number
  against: BuildId
  /** `rows`: number and an order-independent digest of all rows; `counts`: rows per space, where the columns are others. */
  by: 'rows' | 'counts'
  rowsBefore: number
  rowsAfter: number
  /** Spaces that have another number of rows. */
  spacesThatDiffer: number
  equal: boolean
}

export type Build = BuildId & {
  readonly projection: string
  readonly state: BuildState
  /** Since when it is in this state, RFC 3339. */
  readonly since: string
  readonly checkpoint: Checkpoint | undefined
  readonly comparison: Comparison | undefined
}

/** An aggregate whose first message here was poison: it and what followed wait to be repeated. */
export type Parked = BuildId & {
  /** The same for every build of the projection. */
  readonly id: string
  readonly projection: string
  readonly subject: string
  /** Of the first message in quarantine, and how many there are. */
  readonly seq: number
  readonly messages: number
  readonly eventId: string
  /** Names types and places, never values. */
  readonly reason: string
  readonly since: string
  /** Somebody asked for it to be repeated, and nobody has done so yet. */
  readonly isAsked: boolean
}
export const parkedId = (projection: string, subject: string): string => derivedUuid('parked', projection, subject)

/** Nothing of this name, or nothing to decide: says what there is. */
export class NoSuchBuild extends Error {
  constructor(found: string) {
    super(`${found} List what there is first.`)
    this.name = 'NoSuchBuild'
  }
}

/** Which builds there are and which one is read; what is parked. Needs no handler: the operator's tools use it, too. */
export interface Builds {
  /** Of one projection, or of all; newest version and build first. */
  list(projection?: string): Promise<Build[]>
  /** Makes the first build of a version, where the version has none. */
  begin(projection: string, version: number): Promise<void>
  /** Another build of the version that is read, beside it; the one under way where there is one. Throws NoSuchBuild. */
  rebuild(projection: string): Promise<BuildId>
  /** The operator's word on the build that differs. Throws NoSuchBuild. */
  decide(projection: string, verdict: 'accept' | 'discard'): Promise<BuildId>
  /** With its rows, checkpoint and quarantine. False while somebody runs it, and for the one that is read. */
  drop(projection: string, id: BuildId): Promise<boolean>
  /** Parked aggregates of one projection, or of all; those that wait longest first. */
  parked(projection?: string): Promise<Parked[]>
  /** Those of them that somebody asked for: cheap, however many are parked. */
  asked(projection: string): Promise<Pick<Parked, 'version' | 'build' | 'subject'>[]>
  /** A running projection repeats it within seconds. False where nothing of this id is parked. */
  askRetry(id: string): Promise<boolean>
  /** Resolves when something of all this may have changed: after a second, where other processes write, too. */
  changed(signal: AbortSignal): Promise<void>
}

/** What the runner keeps rows and checkpoints in: one transaction for both, fenced by the old sequence. */
export interface ProjectionStore {
  readonly builds: Builds
  /** Makes the schema and table of this build where they are missing. Reading takes no lock. */
  attach<Row extends object>(projection: ProjectionShape<Row>): Promise<AttachedProjection<Row>>
  /** Attaches and takes the lock; waits as a hot standby while another runner holds it. Throws the signal's reason. */
  open<Row extends object>(projection: ProjectionShape<Row>, signal: AbortSignal): Promise<OpenProjection<Row>>
  /** Rows of a build that somebody else may have made; undefined where its table is missing or lacks one of the columns. */
  reader<Row extends object>(projection: ProjectionShape<Row>): Promise<RowReader<Row> | undefined>
  /**
   * Deletes rows from all builds of a projection, and their bytes, and fences who is projecting; answers how many there
   * were.
   */
  erase<Row extends object>(
    projection: Pick<ProjectionShape<Row>, 'name' | 'table'>,
    of: ErasedRows<Row>,
  ): Promise<number>
  /**
   * Repeats what is parked of a subject while the checkpoint stands still, all or nothing; the runner, wherever it is, is
   * fenced and reads anew. Takes no lock of a runner. `not parked` where nothing of it is in quarantine.
   */
  repair<Row extends object>(
    projection: ProjectionShape<Row>,
    subject: string,
    fold: (parked: Repairing<Row>) => Promise<Repair<Row>>,
  ): Promise<'healed' | 'still parked' | 'not parked'>
  /**
   * From one build to the next in one transaction: `from`, the one that is read, stands still until `work` has brought the
   * other one, whose lock the caller holds, to its sequence, has compared and said what follows. `moved` where `from` is
   * not the one that is read any more.
   */
  handOver<Row extends object, T>(
    projection: ProjectionShape<Row>,
    from: BuildId | undefined,
    work: (standing: HandingOver<Row>) => Promise<T>,
  ): Promise<T | 'moved'>
}

/** Rows of one space: all of it, or those that hold the values of any of `rows`; quarantined messages of `aggregateIds` go with them. */
export type ErasedRows<Row extends object> = {
  spaceId: string
  rows?: readonly Partial<Row>[]
  aggregateIds?: readonly string[]
}

export type RowReader<Row extends object> = Omit<ReadModel<Row>, 'caughtUpTo'>

export interface AttachedProjection<Row extends object> {
  checkpoint(): Promise<Checkpoint | undefined>
  /** Throws BuildGone where it was dropped. */
  reader(): RowReader<Row>
}

export type Batch<Row extends object> = {
  from: Checkpoint | undefined
  to: Checkpoint
  puts: readonly Row[]
  /** Whole keys. */
  drops: readonly Partial<Row>[]
  quarantined: readonly { subject: string; seq: number; eventId: string; reason: string }[]
}

/** A build at a checkpoint, and the way to the next one. */
export interface Advancing<Row extends object> {
  checkpoint(): Promise<Checkpoint | undefined>
  /** Rows as they stand that hold the values of any of these, each once. */
  rows(keys: readonly Partial<Row>[]): Promise<Row[]>
  /** All or nothing; throws `Fenced` where the checkpoint is not `from`, or somebody interfered since it was opened. */
  commit(batch: Batch<Row>): Promise<void>
  /** Subjects that stand in quarantine: their later messages are quarantined too. */
  parked(): Promise<Set<string>>
}

export interface OpenProjection<Row extends object> extends AttachedProjection<Row>, Advancing<Row> {
  /** Gives the lock back. */
  close(): Promise<void>
}

export type Repairing<Row extends object> = {
  /** Sequences of the first message in quarantine, and of the checkpoint. */
  firstSeq: number
  upToSeq: number
  rows(keys: readonly Partial<Row>[]): Promise<Row[]>
}
export type Repair<Row extends object> =
  | { puts: readonly Row[]; drops: readonly Partial<Row>[] }
  /** It is poison still. */
  | { reason: string }

export type HandingOver<Row extends object> = {
  /** Where the build that is read stands. */
  at: Checkpoint | undefined
  candidate: Advancing<Row>
  compare(): Promise<Comparison>
  /** Readers switch, and the new one takes over the checkpoint compared at; the old one is retired and its runner fenced. */
  switch(comparison?: Comparison): Promise<void>
  /** It waits for an operator. */
  keepApart(comparison: Comparison): Promise<void>
}
