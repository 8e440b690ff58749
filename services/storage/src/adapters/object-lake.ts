import { createHash } from 'node:crypto'
import type { ManifestDataset, ManifestFile } from '@pf/contracts'
import type { ObjectStore } from '@pf/object-store'
import type { Lake, LakePlace } from '../application/ports.ts'
import { type Columns, type LakeDataset, lakeKey, type RowOf } from '../domain/lake.ts'
import { readParquet, writeParquet } from './parquet.ts'

/** The lake as plain Parquet in the object store. */
export function objectLake(objects: ObjectStore): Lake {
  return {
    async write<C extends Columns, N extends ManifestDataset>(
      dataset: LakeDataset<C, N>,
      place: LakePlace,
      rows: readonly RowOf<LakeDataset<C>>[],
    ) {
      const bytes = writeParquet(dataset, rows)
      const sha256 = sha256Of(bytes)
      const key = lakeKey(dataset, place, sha256)
      await objects.put(key, bytes)
      return {
        dataset: dataset.name,
        schemaVersion: dataset.version,
        key,
        sha256,
        rows: rows.length,
        bytes: bytes.length,
      }
    },
    async read<C extends Columns, N extends keyof C & string>(
      dataset: LakeDataset<C>,
      file: ManifestFile,
      columns: readonly N[],
    ) {
      const bytes = await objects.get(file.key)
      const sha256 = sha256Of(bytes)
      if (sha256 !== file.sha256) throw new LakeFileChanged(file, sha256)
      return readParquet(dataset, bytes, columns)
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
