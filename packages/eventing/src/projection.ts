import type { AnyEvent, Context } from '@pf/contracts'
import type { Recorded } from './ports.ts'

export type ColumnType = 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz' | 'date' | 'jsonb'
export type Column = ColumnType | { type: ColumnType; nullable: true }

/** A read model's table. Column names are camelCase in rows and snake_case in Postgres. timestamptz are RFC 3339 strings in rows. */
export type Table<Row extends object = Record<string, unknown>> = {
  readonly name: string
  readonly columns: Readonly<Record<keyof Row & string, Column>>
  readonly key: readonly (keyof Row & string)[]
  /** Every read model has one: reads are scoped by it, erasure deletes by it. */
  readonly space: keyof Row & string
  readonly indexes?: readonly (readonly (keyof Row & string)[])[]
}

export type Operation<Row extends object> =
  | { op: 'put'; row: Row }
  | { op: 'drop'; key: Partial<Row> }
  | { op: 'change'; key: Partial<Row>; change: (row: Row | undefined) => Row | undefined }

export const put = <Row extends object>(row: Row): { op: 'put'; row: Row } => ({ op: 'put', row })
/** `key`: the key's columns, or any others: then every row that holds these values goes. */
export const drop = <Key extends object>(key: Key): { op: 'drop'; key: Key } => ({ op: 'drop', key })
/**
 * Fold over the row as it stands (undefined: none); the runner reads the rows a batch needs with one statement. Where
 * `key` is not the table's key, every row that holds these values is changed, and none is made.
 */
export const change = <Row extends object>(
  key: Partial<NoInfer<Row>>,
  change: (row: Row | undefined) => Row | undefined,
): Extract<Operation<Row>, { op: 'change' }> => ({ op: 'change', key, change })

type Answer<Row extends object> = Operation<Row> | readonly Operation<Row>[] | undefined
export type Handlers<Event extends AnyEvent, Row extends object> = {
  [T in Event['type']]?: (
    data: Extract<Event, { type: T }>['data'],
    meta: Omit<Recorded<Event>, 'events'>,
  ) => Answer<Row>
}

/** A read model: pure handlers over one stream. `version` rises when the fold changes: it is a schema of its own. */
export type Projection<Event extends AnyEvent, Row extends object> = {
  readonly name: string
  readonly version: number
  readonly context: Context
  readonly table: Table<Row>
  readonly on: Handlers<Event, Row>
}
export const projection = <Event extends AnyEvent, Row extends object>(
  definition: Projection<Event, Row>,
): Projection<Event, Row> => definition

export type FindOptions<Row extends object> = {
  where: Partial<{ [C in keyof Row]: Row[C] | readonly Row[C][] }>
  /** Empty values last, descending first, as Postgres has it. The table's key decides what this leaves open. */
  orderBy?: readonly { column: keyof Row & string; descending?: boolean }[]
  /** Rows strictly after these values of the orderBy columns (keyset paging). */
  after?: readonly unknown[]
  limit?: number
}

/** Reads of a projection's rows. `where` compares for equality (null: is null; array: any of). */
export interface ReadModel<Row extends object> {
  find(options: FindOptions<Row>): Promise<Row[]>
  /**
   * Resolves when the projection has passed the position's sequence of its stream; false where `timeoutMs` ran out.
   * Throws DomainError `invalid_input` for what is no position.
   */
  caughtUpTo(position: string, timeoutMs: number): Promise<boolean>
}

export type Checkpoint = { stream: string; streamCreatedAt: string; seq: number; eventId: string }

/** The checkpoint in the store is not the one this runner wrote last: another runner has taken over. */
export class Fenced extends Error {
  constructor(projection: string) {
    super(`Projection ${projection} is written by another runner; this one goes back to waiting.`)
    this.name = 'Fenced'
  }
}

/** What was projected does not belong to this log any more. Nothing heals it but a rebuild: raise the projection's version. */
export class RebuildNeeded extends Error {
  constructor(projection: string, found: string) {
    super(
      `Projection ${projection} needs a rebuild: ${found}. Raise its version, so that it is built anew beside the old.`,
    )
    this.name = 'RebuildNeeded'
  }
}

/** Rows of one space: all of it, or those that hold the values of any of `rows`; quarantined messages of `aggregateIds` go with them. */
export type ErasedRows<Row extends object> = {
  spaceId: string
  rows?: readonly Partial<Row>[]
  aggregateIds?: readonly string[]
}

export type ProjectionShape<Row extends object> = { name: string; version: number; table: Table<Row> }

/** What the runner keeps rows and checkpoints in: one transaction for both, fenced by the old sequence. */
export interface ProjectionStore {
  /** Makes the schema and table of this version where they are missing. Reading takes no lock. */
  attach<Row extends object>(projection: ProjectionShape<Row>): Promise<AttachedProjection<Row>>
  /** Attaches and takes the lock; waits as a hot standby while another runner holds it. Throws the signal's reason. */
  open<Row extends object>(projection: ProjectionShape<Row>, signal: AbortSignal): Promise<OpenProjection<Row>>
  /**
   * Deletes rows from all versions of a projection, and their bytes; answers how many there were. Who is projecting may still
   * put some that it read before: repeat it until there are none.
   */
  erase<Row extends object>(
    projection: Pick<ProjectionShape<Row>, 'name' | 'table'>,
    of: ErasedRows<Row>,
  ): Promise<number>
}
export interface AttachedProjection<Row extends object> {
  checkpoint(): Promise<Checkpoint | undefined>
  reader(): Omit<ReadModel<Row>, 'caughtUpTo'>
}
export interface OpenProjection<Row extends object> extends AttachedProjection<Row> {
  /** Rows as they stand that hold the values of any of these, each once. */
  rows(keys: readonly Partial<Row>[]): Promise<Row[]>
  /** All or nothing; `drops` are whole keys; throws `Fenced` where the checkpoint is not `from` any more. */
  commit(batch: {
    from: Checkpoint | undefined
    to: Checkpoint
    puts: readonly Row[]
    drops: readonly Partial<Row>[]
    quarantined: readonly { subject: string; seq: number; eventId: string; reason: string }[]
  }): Promise<void>
  /** Subjects that stand in quarantine: their later messages are quarantined too. */
  parked(): Promise<Set<string>>
  /** Gives the lock back. */
  close(): Promise<void>
}
