import type { LedgerEvent, ManifestFile } from '@pf/contracts'
import { type Operation, projection, put } from '@pf/eventing'
import type { KnownFile } from '../application/ports.ts'

/** A file of a space's lake: which files is a mart made of? */
export type LakeFileRow = KnownFile & { spaceId: string }

type Meta = { spaceId: string; seq: number }
const files = (found: readonly ManifestFile[], { spaceId, seq }: Meta): Operation<LakeFileRow>[] =>
  found.map(({ key, dataset, schemaVersion, sha256, rows }) =>
    put<LakeFileRow>({ spaceId, key, dataset, schemaVersion, sha256, rowCount: rows, seq }),
  )

/** The manifest, by space: from it a mart that is missing or broken is built anew. */
export const lakeFiles = projection<LedgerEvent, LakeFileRow>({
  name: 'lake_files',
  version: 1,
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
  },
})
