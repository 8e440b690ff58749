import type { LedgerEvent, ManifestFile } from '@pf/contracts'
import { change, type Operation, projection } from '@pf/eventing'
import type { KnownFile } from '../application/ports.ts'

/** A file of a space's lake: which files is a mart made of? */
export type LakeFileRow = Omit<KnownFile, 'replaces'> & {
  spaceId: string
  /** The file that holds its rows by now: then it is in the manifest no more. */
  replacedBy: string | null
}

type Meta = { spaceId: string; seq: number }
const files = (found: readonly ManifestFile[], { spaceId, seq }: Meta): Operation<LakeFileRow>[] =>
  found.map(({ key, dataset, schemaVersion, sha256, rows }) =>
    change<LakeFileRow>(
      { key },
      (row) => row ?? { spaceId, key, dataset, schemaVersion, sha256, rowCount: rows, seq, replacedBy: null },
    ),
  )

const replace = (keys: readonly string[], replacedBy: string): Operation<LakeFileRow>[] =>
  keys.map((key) => change<LakeFileRow>({ key }, (row) => row && { ...row, replacedBy }))

/** The files that stand, each with all that it replaces, however often that was replaced before. */
export function standingFiles(rows: readonly LakeFileRow[]): KnownFile[] {
  const by = new Map(rows.map(({ key, replacedBy }) => [key, replacedBy]))
  const replaced = new Map<string, string[]>()
  for (const { key } of rows) {
    let now = key
    for (let next = by.get(now); next !== null && next !== undefined; next = by.get(now)) now = next
    if (now !== key) replaced.set(now, [...(replaced.get(now) ?? []), key])
  }
  return rows
    .filter(({ replacedBy }) => replacedBy === null)
    .map(({ spaceId: _, replacedBy: __, ...file }) => ({ ...file, replaces: replaced.get(file.key) ?? [] }))
}

/** The manifest, by space: from it a mart that is missing or broken is built anew. */
export const lakeFiles = projection<LedgerEvent, LakeFileRow>({
  name: 'lake_files',
  version: 2,
  context: 'storage',
  table: {
    name: 'lake_files',
    columns: {
      spaceId: 'text',
      key: 'text',
      dataset: 'text',
      schemaVersion: 'integer',
      sha256: 'text',
      rowCount: 'integer',
      seq: 'bigint',
      replacedBy: { type: 'text', nullable: true },
    },
    key: ['key'],
    space: 'spaceId',
    indexes: [['spaceId', 'seq']],
  },
  on: {
    TransactionsStored: (data, meta) => files(data.files, meta),
    SourceObserved: (data, meta) => files(data.files, meta),
    BalancesStored: (data, meta) => files(data.files, meta),
    AccountDescribed: (data, meta) => files(data.files, meta),
    StatementImported: (data, meta) => files(data.files, meta),
    ImportTakenBack: (data, meta) => files(data.files, meta),
    IdentityDecided: (data, meta) => files(data.files, meta),
    IdentityDecisionTakenBack: (data, meta) => files(data.files, meta),
    HeldDecided: (data, meta) => files(data.files, meta),
    HeldDecisionTakenBack: (data, meta) => files(data.files, meta),
    RulesSwitched: (data, meta) => files(data.files, meta),
    SyncLogged: (data, meta) => files(data.files, meta),
    LakeCompacted: (data, meta) => [
      ...files(data.files, meta),
      ...data.files.flatMap(({ key }) => replace(data.replaced, key)),
    ],
  },
})
