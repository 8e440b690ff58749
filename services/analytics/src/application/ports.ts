import type { Rest } from '@pf/contracts'

/** A value that a query may be given by name; DATE and UUID go as text. */
export type QueryValue = null | boolean | number | bigint | string
export type Row = Record<string, unknown>
/** Runs one SELECT; `$name` parameters. DATE and UUID columns are to be cast to text; BIGINT comes as bigint. */
export type Query = (sql: string, values?: Record<string, QueryValue>) => Promise<Row[]>

/** Computes what `name` stands for, or answers what was computed of the same content before. */
export type Remember = <T>(name: string, compute: () => Promise<T>) => Promise<T>

/** `remember` is for what depends on nothing but the marts: it is computed once until they change. */
export type Read<T> = (query: Query, remember: Remember) => Promise<T>

export type Loaded = { files: number; months: string[] }

/** A lake file as the manifest knows it. */
export type KnownFile = {
  key: string
  dataset: string
  schemaVersion: number
  sha256: string
  rowCount: number
  /** Sequence in EVT_STORAGE. */
  seq: number
}

/** The marts of all spaces: one DuckDB instance per file, opened on demand, closed when least recently used. */
export interface MartRegistry {
  /** Undefined where the space has no marts (nothing was ever stored). What `work` asks is of one moment. */
  read<T>(spaceId: string, work: Read<T>): Promise<T | undefined>
  /** Loads what is not in the marts yet and refreshes what it touches. */
  load(spaceId: string, files: readonly KnownFile[], position: number): Promise<Loaded>
  /**
   * Nothing is written to the space's files while `work` copies them; they hold everything up to `asOf`. Undefined where
   * the space has no marts.
   */
  still<T>(spaceId: string, work: (files: readonly string[], asOf: Rest.AsOf) => Promise<T>): Promise<T | undefined>
  /** Spaces that are open now. */
  open(): string[]
  stop(): Promise<void>
}

/** The answer to a question of the owner in SQL; `columns` and `rows` are JSON already. */
export type SqlRows = { columns: string; rows: string; truncated: boolean; asOf: Rest.AsOf }

/** Answers a question in SQL far from the marts themselves. */
export interface SqlRunner {
  /** Throws DomainError `query_invalid`, `query_timeout`, `query_too_large`, `overloaded`; the signal's reason. */
  ask(spaceId: string, sql: string, signal: AbortSignal): Promise<SqlRows>
  stop(): Promise<void>
}
