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
  /** Spaces that are open now. */
  open(): string[]
  stop(): Promise<void>
}
