import type { Rest } from '@pf/contracts'
import type { Imported } from '../domain/ledger.ts'
import { readingOf } from './statements.ts'

/** An import as its event tells it. The account's name is the gateway's to add. */
export function importedView({ takenBackAt, mapping, ...one }: Imported): Rest.Import {
  const reading = mapping === undefined ? undefined : readingOf(mapping)
  return {
    id: one.importId,
    status: takenBackAt === undefined ? 'imported' : 'taken_back',
    file_name: one.fileName,
    format: one.source.replace('file-', ''),
    preset: one.preset ?? null,
    account: { id: one.accountId, name: '', recognised: 'known' },
    window: one.window,
    ...one.counts,
    doubled: 0,
    preview: [],
    mapping: reading?.mapping ?? null,
    columns: [],
    problems: [],
    imported_at: one.importedAt,
  }
}
