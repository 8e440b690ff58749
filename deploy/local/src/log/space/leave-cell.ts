import { systemClock, systemIds } from '@pf/eventing'
import { deleteSecrets, endLeaving, moveOf, ownerOf } from '@pf/vault/postgres'
import type { Installation } from '../installation.ts'
import { CommandFailed } from '../refusals.ts'
import { assertStill, tellHold } from './export-space.ts'
import { readReceipt, readSpaceManifest } from './space-manifest.ts'

/**
 * The existing erasure, once the new cell has said that it has all: the same as a user's own, but consents stay, since they are
 * the new cell's now. Services carry it out. Answers its id.
 */
export async function eraseMoved(
  installation: Installation,
  { folder, key, signal }: { folder: string; key: Uint8Array; signal: AbortSignal },
): Promise<{ spaceId: string; erasureId: string }> {
  const { manifest, digest } = await readSpaceManifest(folder, key)
  const { exportId, spaceId, userId, secrets } = manifest
  const orm = await installation.database()
  const move = await moveOf(orm, spaceId)
  if (move?.way !== 'leaving' || move.exportId !== exportId || move.digest !== digest) {
    const found = move?.way === 'leaving' ? 'of another export, which was made later' : 'not leaving'
    throw new CommandFailed(
      'not_leaving',
      `Space ${spaceId} is ${found}. Erased is only what stands still since this export.`,
    )
  }
  const receipt = await readReceipt(folder, key)
  if (receipt.exportId !== exportId || receipt.digest !== digest) {
    throw new CommandFailed(
      'receipt_other',
      'The receipt is of another export. Run `space import` at the new cell on this folder.',
    )
  }
  const ledger = await installation.ledger()
  if (receipt.installation === ledger?.id) {
    throw new CommandFailed('receipt_own', 'This installation itself wrote the receipt: the space is nowhere else.')
  }
  // Once the name is gone there is nobody to ask any more; until then nothing may have been added.
  if ((await ownerOf(orm, spaceId)) !== undefined) await assertStill(installation, manifest, signal)
  await deleteSecrets(orm, secrets)
  const { askErasureOf } = await import('@pf/auth')
  const around = { clock: systemClock, ids: systemIds, eventLog: await installation.eventLog() }
  const erasureId = await askErasureOf({ ...around, keys: await installation.keys() }, { spaceId, userId })
  return { spaceId, erasureId }
}

/** It stays here after all. */
export async function releaseSpace(
  installation: Installation,
  who: string,
  say: (line: string) => void,
): Promise<string> {
  const orm = await installation.database()
  const spaceId = (await ownerOf(orm, who))?.spaceId ?? who
  if (!(await endLeaving(orm, spaceId))) {
    throw new CommandFailed('not_leaving', `${who} does not stand still here: there is nothing to release.`)
  }
  await tellHold(orm, spaceId, say)
  return spaceId
}
