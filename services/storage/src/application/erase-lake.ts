import type { ErasureScope } from '@pf/contracts'
import type { ErasedRows } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import { lakeDatasets, passingFolders } from '../domain/lake.ts'
import type { LedgerRow } from '../read/ledgers.ts'
import type { LedgerRows } from './ledger-rows.ts'
import { besideFolder } from './replay-lake.ts'

export type EraseLakeParts = {
  objects: Pick<ObjectStore, 'deleteAll'>
  rows: Pick<LedgerRows, 'forget' | 'forgetSpace'>
  erase: { ledgers(of: ErasedRows<LedgerRow>): Promise<number> }
}

/** What banks and files said, and the lake that was made of it. */
export async function eraseLake({ objects, erase }: EraseLakeParts, scope: ErasureScope): Promise<number> {
  const { spaceId } = scope
  let erased = await erase.ledgers(
    scope.of === 'space'
      ? { spaceId }
      : { spaceId, rows: scope.accountIds.map((accountId) => ({ accountId })), aggregateIds: scope.accountIds },
  )
  for (const folder of foldersOf(scope)) erased += await objects.deleteAll(folder)
  return erased
}

/** Every folder that an object of the scope may stand in. */
export function foldersOf(scope: ErasureScope): string[] {
  const { spaceId } = scope
  const places = scope.of === 'space' ? [undefined] : scope.accountIds.map((accountId): string | undefined => accountId)
  const folders = places.flatMap((accountId) => {
    const lake = lakeDatasets.map(
      ({ name }) => `lake/${name}/space=${spaceId}${accountId === undefined ? '' : `/account=${accountId}`}`,
    )
    const raw = `raw/${spaceId}${accountId === undefined ? '' : `/${accountId}`}`
    return [raw, ...lake, ...lake.map((folder) => `${besideFolder}${folder}`)]
  })
  // No account owns what passes through; what a request took in is kept under its account, and the rest is swept.
  return scope.of === 'space' ? [...folders, ...passingFolders.map((folder) => `${folder}/${spaceId}`)] : folders
}

/** Rows that this process holds in memory. */
export function forgetRows({ rows }: EraseLakeParts, scope: ErasureScope): void {
  if (scope.of === 'space') rows.forgetSpace(scope.spaceId)
  else for (const accountId of scope.accountIds) rows.forget({ spaceId: scope.spaceId, accountId })
}
