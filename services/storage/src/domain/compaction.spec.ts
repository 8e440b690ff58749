import type { ManifestFile } from '@pf/contracts'
import { lakeFile } from './builders.ts'
import { runsToCompact, standsIn, swapped } from './compaction.ts'

const bounds = { compactFrom: 3, compactMaxFiles: 5, compactMaxRows: 100, compactMaxBytes: 10_000 }
const file = (n: number, over: Partial<ManifestFile> = {}): ManifestFile => ({
  ...lakeFile({ key: `lake/decisions/${n}.parquet` }),
  ...over,
})
const keysOf = (files: readonly ManifestFile[]) => files.map(({ key }) => Number(/(\d+)\.parquet/.exec(key)?.[1]))
const planned = (...files: ManifestFile[]) => runsToCompact(files, bounds).map(keysOf)

describe('a compaction', () => {
  it('takes small files that are neighbours in their dataset, in their order', () => {
    const other = file(9, { dataset: 'observations' })
    expect(planned(file(1), other, file(2), file(3))).toEqual([[1, 2, 3]])
  })

  it('waits for enough of them', () => {
    expect(planned(file(1), file(2))).toEqual([])
  })

  it('leaves large files alone, and never joins files over one', () => {
    expect(planned(file(1), file(2), file(3, { rows: 50 }), file(4), file(5), file(6))).toEqual([[4, 5, 6]])
    expect(planned(file(1), file(2), file(3, { bytes: 5_000 }), file(4), file(5))).toEqual([])
  })

  it('keeps schema versions apart', () => {
    const newer = [4, 5, 6].map((n) => file(n, { schemaVersion: 2 }))
    expect(planned(file(1), file(2), file(3), ...newer)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  it('stays within rows, bytes and files', () => {
    expect(planned(...[1, 2, 3, 4, 5].map((n) => file(n, { rows: 30 })))).toEqual([[1, 2, 3]])
    expect(planned(...[1, 2, 3, 4, 5].map((n) => file(n, { bytes: 3_000 })))).toEqual([[1, 2, 3]])
    expect(planned(...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => file(n)))).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8],
    ])
  })

  it('puts the new file where the first one stood', () => {
    const files = [1, 2, 3, 4].map((n) => file(n))
    const compaction = { file: file(7), replaced: [file(2).key, file(3).key] }
    expect(keysOf(swapped(files, compaction))).toEqual([1, 7, 4])
    expect(swapped([file(1)], compaction)).toEqual([file(1)])
  })

  it('stands only where all that it replaces stands', () => {
    expect(standsIn([file(1), file(2)], { replaced: [file(1).key, file(2).key] })).toBe(true)
    expect(standsIn([file(1)], { replaced: [file(1).key, file(2).key] })).toBe(false)
  })
})
