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
