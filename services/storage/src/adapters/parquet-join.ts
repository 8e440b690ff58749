import { type Data, makeData, TimestampMicrosecond, tableFromIPC, type Vector } from 'apache-arrow'
import type { ColumnKind, LakeDataset } from '../domain/lake.ts'
import { type Cell, cellsOf, columnOf, declarationsOf, parquetOf, validityOf } from './parquet.ts'
import { parquet } from './parquet-module.ts'

/** Files of one dataset and version as one, their rows in the given order. The same files are the same bytes. */
export function joinParquet(dataset: LakeDataset, files: readonly Uint8Array[]): Uint8Array {
  const tables = files.map((bytes) => tableFromIPC(parquet().readParquet(bytes, { batchSize: 65_536 }).intoIPCStream()))
  const columns = Object.entries(declarationsOf(dataset)).map(([name, { kind, nullable }]) => {
    const vectors = tables.map((table) => {
      const vector = table.getChild(name)
      if (vector === null)
        throw new Error(`Lake file of ${dataset.name} lacks column ${name}; it is of another version.`)
      return vector
    })
    return joined(kind, nullable, vectors, `${dataset.name}.${name}`)
  })
  return parquetOf(
    dataset,
    columns,
    tables.reduce((rows, { numRows }) => rows + numRows, 0),
  )
}

function joined(kind: ColumnKind, nullable: boolean, vectors: readonly Vector[], name: string): Data {
  const cells = vectors.flatMap((vector) => cellsOf(vector, kind))
  return kind === 'instant' ? instantsOf(vectors, cells) : columnOf(kind, nullable, cells, name)
}

/** As they are: read as text they would lose what is finer than a millisecond. */
function instantsOf(vectors: readonly Vector[], cells: readonly Cell[]): Data {
  const micros = new BigInt64Array(cells.length)
  let end = 0
  for (const { values, length } of vectors.flatMap((vector) => vector.data)) {
    micros.set((values as BigInt64Array).subarray(0, length), end)
    end += length
  }
  const nulls = validityOf(cells) ?? { nullCount: 0 }
  return makeData({ type: new TimestampMicrosecond('UTC'), length: cells.length, ...nulls, data: micros })
}
