import { writeParquet } from '../adapters/parquet.ts'
import type { Columns, LakeDataset, RowOf } from '../domain/lake.ts'

/** A file of the lake as storage writes it. */
export const lakeFile = <C extends Columns, N extends LakeDataset['name']>(
  dataset: LakeDataset<C, N>,
  rows: readonly RowOf<LakeDataset<C>>[],
) => ({ dataset: dataset.name, bytes: writeParquet(dataset, rows), rows: rows.length })
