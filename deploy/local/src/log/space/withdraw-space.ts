import { contexts } from '@pf/contracts'
import { rangesOf } from '@pf/vault/ledger'
import { forgetArrival, moveOf, unloadSpace } from '@pf/vault/postgres'
import type { Installation } from '../installation.ts'
import { CommandFailed } from '../refusals.ts'
import { beganLedger, type CheckOptions } from './check-import.ts'
import { readSpaceManifest } from './space-manifest.ts'

/** Gives an import up that was not finished: nothing of the space is left here, and it may come another time. */
export async function withdrawSpace(
  installation: Installation,
  { folder, key, say }: Pick<CheckOptions, 'folder' | 'key' | 'say'>,
): Promise<string> {
  const { manifest } = await readSpaceManifest(folder, key)
  const { spaceId, exportId, secrets } = manifest
  const orm = await installation.database()
  const move = await moveOf(orm, spaceId)
  if (move?.way !== 'arriving' || move.exportId !== exportId) {
    throw new CommandFailed('not_arriving', `No import of this export is unfinished here: there is nothing to give up.`)
  }
  const [log, ledger, store] = [await installation.eventLog(), await beganLedger(installation), installation.objects()]
  for (const context of contexts) {
    await log.purge({ context, spaceId }, async (seqs) => {
      const { createdAt: streamCreatedAt } = await log.info(context)
      await ledger.append({
        fact: 'purging',
        erasureId: exportId,
        stream: context,
        streamCreatedAt,
        ranges: rangesOf(seqs),
      })
    })
  }
  await unloadSpace(orm, { spaceId, secrets })
  for (const prefix of [`raw/${spaceId}/`, 'lake/'])
    for await (const { key: name } of store.list(prefix)) if (name.includes(spaceId)) await store.delete(name)
  await forgetArrival(orm, spaceId)
  say(`Nothing of space ${spaceId} is left here.`)
  return spaceId
}
