import type { RawRef, Rest } from '@pf/contracts'
import type { DataExport, Written } from '../domain/data-exports.ts'
import type { Comparison, Progress } from '../domain/mart-rebuild.ts'

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
  /** Keys of files whose rows it holds, and which are in the manifest no more. */
  replaces?: readonly string[]
}

/** What answering a question needs of the marts. */
export type MartReads = Pick<MartRegistry, 'read'>

/** The marts as one request sees them: whoever asked goes away, and so does what runs for them. */
export const readsUntil = ({ read }: MartReads, signal: AbortSignal): MartReads => ({
  read: (spaceId, work) => read(spaceId, work, signal),
})

/** The marts of all spaces: one DuckDB instance per file, opened on demand, closed when least recently used. */
export interface MartRegistry {
  /**
   * Undefined where the space has no marts (nothing was ever stored). What `work` asks is of one moment, and ends where
   * it is when `signal` is aborted.
   */
  read<T>(spaceId: string, work: Read<T>, signal?: AbortSignal): Promise<T | undefined>
  /**
   * Names what the space is answered from: two answers under one name are of one content. Undefined while its file is not
   * open, when nobody here knows what is in it.
   */
  contentOf(spaceId: string): string | undefined
  /** Loads what is not in the marts yet and refreshes what it touches. */
  load(spaceId: string, files: readonly KnownFile[], position: number): Promise<Loaded>
  /**
   * Nothing is written to the space's files while `work` copies them; they hold everything up to `asOf`. Undefined where
   * the space has no marts.
   */
  still<T>(spaceId: string, work: (files: readonly string[], asOf: Rest.AsOf) => Promise<T>): Promise<T | undefined>
  /** Closes the space's file when its users have left, runs `swap`, and only then lets the next ones open what is there. */
  replace(spaceId: string, swap: () => Promise<void>): Promise<void>
  /** Closes the files of these spaces when their users have left. */
  close(whose: (spaceId: string) => boolean): Promise<void>
  /** Spaces that are open now. */
  open(): string[]
  stop(): Promise<void>
}

/** A file of the lake is lost, or not what the log says: marts with a hole are not built. */
export class LakeIncomplete extends Error {
  readonly code = 'lake_incomplete'

  constructor(cause: Error) {
    super(`lake_incomplete: ${cause.message}`, { cause })
    this.name = 'LakeIncomplete'
  }
}

/** The file of a rebuild is not there, and nothing tells that it was switched. */
export class DraftLost extends Error {
  readonly code = 'draft_lost'

  constructor() {
    super('draft_lost: found no file of this rebuild, expected the marts that it had built.')
    this.name = 'DraftLost'
  }
}

/** New marts of a space, in a file beside the ones that answer. */
export interface MartBuilder {
  /** Files of the lake that the space's marts are made from. */
  expected(spaceId: string): Promise<number>
  /**
   * Builds them, or goes on where it was stopped, and compares them with the ones that answer, both holding the same
   * files. Throws LakeIncomplete, the signal's reason.
   */
  build(
    spaceId: string,
    rebuildId: string,
    onProgress: (progress: Progress) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Comparison>
  /** What answers is kept aside for `keepDays`, and the new marts answer. Doing it twice changes nothing. Throws DraftLost. */
  takeOver(spaceId: string, rebuildId: string): Promise<void>
  remove(spaceId: string, rebuildId: string): Promise<void>
}

/** The answer to a question of the owner in SQL; `columns` and `rows` are JSON already. */
export type SqlRows = { columns: string; rows: string; truncated: boolean; asOf: Rest.AsOf }

/** Answers a question in SQL far from the marts themselves. */
export interface SqlRunner {
  /** Throws DomainError `query_invalid`, `query_timeout`, `query_too_large`, `overloaded`; the signal's reason. */
  ask(spaceId: string, sql: string, signal: AbortSignal): Promise<SqlRows>
  stop(): Promise<void>
}

/** What an export is to be made of is lost: it has to be asked for again, or the lake be restored first. */
export class ExportIncomplete extends Error {
  readonly code = 'export_incomplete'

  constructor(words: string, cause: Error) {
    super(`export_incomplete: ${words}`, { cause })
    this.name = 'ExportIncomplete'
  }
}

/** Files of everything that there is of a space. */
export interface ExportFiles {
  /** Begins anew where an earlier attempt left pieces. Throws ExportIncomplete, the signal's reason. */
  write(spaceId: string, of: Pick<DataExport, 'id' | 'documents' | 'requestedAt'>, signal: AbortSignal): Promise<Kept>
  folderOf(spaceId: string, id: string): string
  /** The documents, once they are in the file. */
  drop(documents: RawRef): Promise<void>
  /** The file, or what there is of it, and the documents. */
  remove(spaceId: string, of: Pick<DataExport, 'id' | 'documents'>): Promise<void>
}
type Kept = Omit<Written, 'expiresAt'>
