import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConcurrencyConflict, eventCatalogue, openMessage, sha256, systemClock } from '@pf/eventing'
import { masterKeySource } from '@pf/service-kit'
import { assertNoRestore, beginArrival, type CopiedRow, endArrival, loadSpace, masterKeyOf } from '@pf/vault/postgres'
import { damaged, linesOf } from '../backup/folder.ts'
import { remakeLake } from '../backup/remake-lake.ts'
import { type ObjectLine, objectsFile } from '../backup/take-backup.ts'
import type { Installation } from '../installation.ts'
import { CommandFailed } from '../refusals.ts'
import { beganLedger, type CheckOptions, checkedRows, isHere } from './check-import.ts'
import { messagesDigest, messagesOf, movedOf } from './space-log.ts'
import { readSpaceManifest, type SpaceManifest, writeReceipt } from './space-manifest.ts'

export type ImportOptions = CheckOptions
export type Imported = { spaceId: string; messages: number; objects: number; lakeFiles: number; wasThere: boolean }

/**
 * Into an installation that nobody runs on, all of it or nothing that anybody sees: everything is checked before anything is
 * written, and from the first write to the last look nobody can start. Each step may be repeated: after a kill the same
 * command goes on. Throws CommandFailed, BackupRefused, VaultInUse, MasterKeyRefused, LedgerRefused.
 */
export async function importSpace(installation: Installation, options: ImportOptions): Promise<Imported> {
  const { folder, key, say } = options
  const orm = await installation.database()
  await assertNoRestore(orm)
  const { manifest, digest } = await readSpaceManifest(folder, key)
  const { spaceId, exportId } = manifest
  const counts = {
    spaceId,
    messages: manifest.streams.reduce((sum, { messages }) => sum + messages, 0),
    objects: manifest.objects.count,
  }
  if (await isHere(installation, manifest)) {
    await receiptFor(installation, { manifest, digest }, options)
    return { ...counts, lakeFiles: 0, wasThere: true }
  }
  const rows = await checkedRows(installation, manifest, options)
  say('The export is whole, and nothing is in its way.')
  await beginArrival(orm, { spaceId, exportId, digest })
  let lakeFiles = 0
  const steps = [
    () => writeObjects(installation, options),
    () => writeLog(installation, manifest, options),
    () => followErasures(installation, manifest),
    () => writeRows(installation, { manifest, rows }, options),
    async () => {
      lakeFiles = await makeLake(installation, manifest, say)
    },
    () => lookAt(installation, manifest, options),
    () => endArrival(orm, spaceId),
  ]
  for (const step of steps) {
    options.signal.throwIfAborted()
    await step()
  }
  await receiptFor(installation, { manifest, digest }, options)
  return { ...counts, lakeFiles, wasThere: false }
}

async function writeObjects(installation: Installation, { folder, signal }: ImportOptions): Promise<void> {
  const store = installation.objects()
  for await (const { key } of linesOf<ObjectLine>(folder, objectsFile)) {
    signal.throwIfAborted()
    await store.put(key, await readFile(join(folder, 'objects', key)))
  }
}

/** In their order. What a run before has written is passed over; where something else stands, nothing is added. */
async function writeLog(
  installation: Installation,
  { spaceId, streams }: SpaceManifest,
  { folder, say, signal }: ImportOptions,
): Promise<void> {
  const log = await installation.eventLog()
  for (const { context, file } of streams) {
    const standing = new Set<string>()
    const last = new Map<string, number>()
    for await (const { subject, seq, headers } of messagesOf(log, { context, spaceId, signal })) {
      standing.add(`${subject} ${headers['es-version']} ${headers['es-hash']}`)
      last.set(subject, seq)
    }
    let written = 0
    for await (const { subject, headers, body } of movedOf(folder, file)) {
      signal.throwIfAborted()
      if (standing.has(`${subject} ${headers['es-version']} ${headers['es-hash']}`)) continue
      const request = { subject, headers, body, messageId: headers['Nats-Msg-Id'] ?? '' }
      const { seq } = await log.append({ ...request, expectedSeq: last.get(subject) ?? 0 }).catch(refused)
      last.set(subject, seq)
      written += 1
    }
    say(`${context}: ${written} messages written, ${standing.size} were there`)
  }
}

function refused(error: unknown): never {
  if (!(error instanceof ConcurrencyConflict)) throw error
  throw new CommandFailed(
    'space_differs',
    `${error.subject} has other messages here than the export. Nothing was added to it.`,
  )
}

/** What was erased of it at the old cell is erased here, too: its accounts' keys are never made again. */
async function followErasures(installation: Installation, { spaceId, erased }: SpaceManifest): Promise<void> {
  const ledger = await beganLedger(installation)
  const known = new Set((await ledger.scopes()).map(({ erasureId }) => erasureId))
  for (const { erasureId, connectionId, accountIds } of erased) {
    if (known.has(erasureId)) continue
    await ledger.append({ fact: 'erasing', erasureId, scope: { of: 'connection', spaceId, connectionId, accountIds } })
    await ledger.append({ fact: 'erased', erasureId })
  }
}

/** Under this vault's master key, all at once. */
async function writeRows(
  installation: Installation,
  { manifest: { spaceId, secrets }, rows }: { manifest: SpaceManifest; rows: readonly CopiedRow[] },
  { key: from }: ImportOptions,
): Promise<void> {
  const orm = await installation.database()
  const to = await masterKeyOf(orm, masterKeySource(installation.config), { makes: false })
  await loadSpace(orm, { spaceId, secrets }, rows, { from, to })
}

/** Answers how many files there are. Throws CommandFailed where not all of them can be made. */
async function makeLake(
  { config }: Installation,
  { spaceId }: SpaceManifest,
  say: ImportOptions['say'],
): Promise<number> {
  const { files, lost } = await remakeLake(config, say, spaceId)
  if (lost.length === 0) return files
  const found = `${lost.length} files of the lake cannot be made from what was kept, for example ${lost[0]}`
  throw new CommandFailed(
    'lake_lost',
    `${found}. Give the import up (\`space withdraw\`): nothing is lost at the old cell.`,
  )
}

/** The last step before anybody may run on it: what stands here is what left there, and opens under this master key. */
async function lookAt(
  installation: Installation,
  { spaceId, streams }: SpaceManifest,
  { folder, say, signal }: ImportOptions,
): Promise<void> {
  const [log, keys, store] = [await installation.eventLog(), await installation.keys(), installation.objects()]
  const catalogue = eventCatalogue()
  for (const { context, messages, digest: copied } of streams) {
    const digest = messagesDigest()
    let left = messages
    for await (const message of messagesOf(log, { context, spaceId, signal })) {
      // A lake of other bytes is told by messages of its own, after these.
      if (left-- <= 0) break
      await openMessage(message, keys, catalogue)
      digest.add(message)
    }
    if (digest.end().digest !== copied) throw damaged(`what was written to ${context} is not what was read`)
  }
  for await (const { key, sha256: is } of linesOf<ObjectLine>(folder, objectsFile))
    if (sha256(await store.get(key)) !== is) throw damaged(`what was written as ${key} is not what was read`)
  say('Every message and every object is what left the old cell, and opens under this master key.')
}

async function receiptFor(
  installation: Installation,
  { manifest: { exportId, spaceId }, digest }: { manifest: SpaceManifest; digest: string },
  { folder, key }: ImportOptions,
): Promise<void> {
  const { id: own } = await beganLedger(installation)
  const importedAt = systemClock.now().toISOString()
  await writeReceipt(folder, { exportId, spaceId, digest, installation: own, importedAt }, key)
}
