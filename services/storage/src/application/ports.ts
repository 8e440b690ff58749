import type { ManifestDataset, ManifestFile, RawRef, Rest } from '@pf/contracts'
import type { Columns, LakeDataset, RowOf } from '../domain/lake.ts'
import type { OpenedStatement, SaidOfStatement } from './open-statement.ts'

/** Where a lake file stands: account, day of ingestion, and the id of what it came from. */
export type LakePlace = { spaceId: string; accountId: string; day: string; name: string }

/** A file of one dataset, as the manifest names it. */
export type FileOf<N extends ManifestDataset> = ManifestFile & { dataset: N }

export interface Lake {
  /** Durable when it resolves. The key holds the content's hash: what was written is never changed, only orphaned. */
  write<C extends Columns, N extends ManifestDataset>(
    dataset: LakeDataset<C, N>,
    place: LakePlace,
    rows: readonly RowOf<LakeDataset<C>>[],
  ): Promise<FileOf<N>>
  /** Files of one dataset as one, their rows in the same order; durable as of `write`. Throws `lake_file_changed`. */
  join<C extends Columns, N extends ManifestDataset>(
    dataset: LakeDataset<C, N>,
    place: LakePlace,
    files: readonly ManifestFile[],
  ): Promise<FileOf<N>>
  /** The given columns of every row. Throws `lake_file_changed` where the bytes are not those of the manifest. */
  read<C extends Columns, N extends keyof C & string>(
    dataset: LakeDataset<C>,
    file: ManifestFile,
    columns: readonly N[],
  ): Promise<Pick<RowOf<LakeDataset<C>>, N>[]>
}

export interface RawObjects {
  /** Seals and keeps a file's bytes under the account's key. Durable when it resolves. */
  keep(at: { spaceId: string; accountId: string }, name: string, bytes: Uint8Array): Promise<RawRef>
  /** The bytes that the bank sent. Throws `raw_object_changed` where they are not those that the event names. */
  read(at: { spaceId: string; accountId: string }, raw: Pick<RawRef, 'key' | 'sha256'>): Promise<Uint8Array>
}

export interface Statements {
  /**
   * As `openStatement`, where a file that somebody made to hurt can hurt nobody: bounded in memory and time. Throws
   * `statement_unreadable`, `statement_too_large`.
   */
  open(bytes: Uint8Array, said: SaidOfStatement, known?: readonly Rest.CsvMapping[]): Promise<OpenedStatement>
}
