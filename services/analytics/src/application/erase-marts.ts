import type { ErasureScope } from '@pf/contracts'
import type { ErasedRows, ReadModel } from '@pf/eventing'
import type { LakeFileRow } from '../read/lake-files.ts'
import type { MartRegistry } from './ports.ts'

export type EraseMartsParts = {
  views: { lakeFiles: Pick<ReadModel<LakeFileRow>, 'find'> }
  erase: { lakeFiles(of: ErasedRows<LakeFileRow>): Promise<number> }
  registry: Pick<MartRegistry, 'replace'>
  /** Everything that this replica keeps of a space on disk: marts, drafts, old marts, what spilled. */
  removeFiles(spaceId: string): Promise<void>
  /** Copies for questions in SQL. */
  copies: { forget(spaceId: string): Promise<void> }
  answers: { forget(spaceId: string): void }
}

/** The manifest of the lake: what it does not name is in no mart that is built from here on. */
export async function eraseManifest({ views, erase }: EraseMartsParts, scope: ErasureScope): Promise<number> {
  const { spaceId } = scope
  if (scope.of === 'space') return erase.lakeFiles({ spaceId })
  const { accountIds } = scope
  const rows = (await views.lakeFiles.find({ where: { spaceId } })).filter(({ key }) =>
    accountIds.some((accountId) => key.includes(`/account=${accountId}/`)),
  )
  return erase.lakeFiles({ spaceId, rows: rows.map(({ key }) => ({ key })), aggregateIds: accountIds })
}

/**
 * What this replica has of the space, its marts or a copy, goes as a whole: marts are a cache, and the next question has them
 * built from what the manifest still names. Of a connection that is done when the manifest does not name its files any more.
 */
export async function removeMarts(
  { registry, removeFiles, copies, answers }: EraseMartsParts,
  scope: ErasureScope,
  kind: 'drop' | 'sweep',
): Promise<void> {
  if (scope.of === 'space' || kind === 'sweep') {
    await copies.forget(scope.spaceId)
    await registry.replace(scope.spaceId, () => removeFiles(scope.spaceId))
  }
  // Last: what is still being answered from the marts would be kept again.
  answers.forget(scope.spaceId)
}
