import { createHash } from 'node:crypto'
import type { ManifestDataset, ManifestFile } from '@pf/contracts'
import type { ObjectStore } from '@pf/object-store'
import type { FileOf, Lake, LakePlace } from '../application/ports.ts'
import { type Columns, type LakeDataset, lakeKey, type RowOf } from '../domain/lake.ts'
import { readParquet, writeParquet } from './parquet.ts'
import { joinParquet } from './parquet-join.ts'

/** How the rows of a dataset become a file and rows again. */
export type LakeFormat = {
  write<C extends Columns>(dataset: LakeDataset<C>, rows: readonly RowOf<LakeDataset<C>>[]): Uint8Array
  read<C extends Columns, N extends keyof C & string>(
    dataset: LakeDataset<C>,
    bytes: Uint8Array,
    columns: readonly N[],
  ): Pick<RowOf<LakeDataset<C>>, N>[]
  join(dataset: LakeDataset, files: readonly Uint8Array[]): Uint8Array
}

const parquet: LakeFormat = { write: writeParquet, read: readParquet, join: joinParquet }

/** The lake as plain Parquet (or another format, for who needs no other reader) in the object store. */
export function objectLake(objects: Pick<ObjectStore, 'put' | 'get'>, format: LakeFormat = parquet): Lake {
  async function keep<C extends Columns, N extends ManifestDataset>(
    dataset: LakeDataset<C, N>,
    place: LakePlace,
    bytes: Uint8Array,
    rows: number,
  ): Promise<FileOf<N>> {
    const sha256 = sha256Of(bytes)
    const key = lakeKey(dataset, place, sha256)
    await objects.put(key, bytes)
    return { dataset: dataset.name, schemaVersion: dataset.version, key, sha256, rows, bytes: bytes.length }
  }

  async function open(file: ManifestFile): Promise<Uint8Array> {
    const bytes = await objects.get(file.key)
    const sha256 = sha256Of(bytes)
    if (sha256 !== file.sha256) throw new LakeFileChanged(file, sha256)
    return bytes
  }

  return {
    write<C extends Columns, N extends ManifestDataset>(
      dataset: LakeDataset<C, N>,
      place: LakePlace,
      rows: readonly RowOf<LakeDataset<C>>[],
    ) {
      return keep(dataset, place, format.write(dataset, rows), rows.length)
    },
    async join<C extends Columns, N extends ManifestDataset>(
      dataset: LakeDataset<C, N>,
      place: LakePlace,
      files: readonly ManifestFile[],
    ) {
      const opened: Uint8Array[] = []
      for (const file of files) opened.push(await open(file))
      const rows = files.reduce((sum, file) => sum + file.rows, 0)
      return keep(dataset, place, format.join(dataset, opened), rows)
    },
    async read<C extends Columns, N extends keyof C & string>(
      dataset: LakeDataset<C>,
      file: ManifestFile,
      columns: readonly N[],
    ) {
      return format.read(dataset, await open(file), columns)
    },
  }
}

export class LakeFileChanged extends Error {
  readonly code = 'lake_file_changed'
  constructor(file: ManifestFile, found: string) {
    super(
      `lake_file_changed: ${file.key} has SHA-256 ${found}, the manifest says ${file.sha256}; ` +
        'restore the object or replay the account from the raw zone',
    )
    this.name = 'LakeFileChanged'
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
