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

export const put = <Row extends object>(row: Row): Operation<Row> => ({ op: 'put', row })
export const drop = <Row extends object>(key: Partial<Row>): Operation<Row> => ({ op: 'drop', key })
/** Fold over the row as it stands (undefined: none); the runner reads the rows a batch needs with one statement. */
export const change = <Row extends object>(
  key: Partial<Row>,
  change: (row: Row | undefined) => Row | undefined,
): Operation<Row> => ({ op: 'change', key, change })

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

/** Reads of a projection's rows. `where` compares for equality (null: is null; array: any of). */
export interface ReadModel<Row extends object> {
  find(options: {
    where: Partial<{ [C in keyof Row]: Row[C] | readonly Row[C][] }>
    orderBy?: readonly { column: keyof Row & string; descending?: boolean }[]
    /** Rows strictly after these values of the orderBy columns (keyset paging). */
    after?: readonly unknown[]
    limit?: number
  }): Promise<Row[]>
  /** Resolves when the projection has passed the position's sequence of its stream; false where `timeoutMs` ran out. */
  caughtUpTo(position: string, timeoutMs: number): Promise<boolean>
}

export type Checkpoint = { stream: string; streamCreatedAt: string; seq: number; eventId: string }

/** What the runner keeps rows and checkpoints in: one transaction for both, fenced by the old sequence. */
export interface ProjectionStore {
  /** Makes the schema and table of this version where they are missing; takes the lock (waits as a hot standby). */
  open<Row extends object>(
    projection: { name: string; version: number; table: Table<Row> },
    signal: AbortSignal,
  ): Promise<OpenProjection<Row>>
}
export interface OpenProjection<Row extends object> {
  checkpoint(): Promise<Checkpoint | undefined>
  /** Rows as they stand of these keys. */
  rows(keys: readonly Partial<Row>[]): Promise<Row[]>
  /** All or nothing; throws `Fenced` where the checkpoint is not `from` any more. */
  commit(batch: {
    from: Checkpoint | undefined
    to: Checkpoint
    puts: readonly Row[]
    drops: readonly Partial<Row>[]
    quarantined: readonly { subject: string; seq: number; eventId: string; reason: string }[]
  }): Promise<void>
  /** Subjects that stand in quarantine: their later messages are quarantined too. */
  parked(): Promise<Set<string>>
  reader(): Omit<ReadModel<Row>, 'caughtUpTo'>
  close(): Promise<void>
}
