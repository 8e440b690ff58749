import { rm } from 'node:fs/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import { connectionEvents } from '@pf/contracts'
import { addressOf, eventCatalogue, openMessage, type RawMessage, systemClock, systemIds } from '@pf/eventing'
import { masterKeySource } from '@pf/service-kit'
import type { ErasedScope } from '@pf/vault/ledger'
import {
  beginLeaving,
  copySpace,
  linkSecrets,
  masterKeyOf,
  moveOf,
  noteExport,
  type Owner,
  openHolders,
  ownerOf,
  sealRows,
} from '@pf/vault/postgres'
import { newFolder, type WrittenFile, writeFile } from '../backup/folder.ts'
import { knowledge, ownVersion } from '../backup/knowledge.ts'
import { copyObject, objectsFile, order } from '../backup/take-backup.ts'
import { pendingErasures } from '../erasures.ts'
import type { Installation } from '../installation.ts'
import { CommandFailed } from '../refusals.ts'
import { connectionFacts } from './connection-facts.ts'
import { lineOf, messagesDigest, messagesOf } from './space-log.ts'
import { formatVersion, rowsFile, type SpaceManifest, writeSpaceManifest } from './space-manifest.ts'

export type ExportOptions = {
  who: string
  folder: string
  /** The transport key: what is wrapped by the master key here is wrapped by this one in the folder. */
  key: Uint8Array
  /** Where who signs in here is sent. */
  address: string
  root: string
  say(line: string): void
  signal: AbortSignal
}

/** Every process has heard of it, and has ended what it had under way. */
const wordMs = 30_000

/**
 * All that a space is made of, of a system that may be running. From the first step on the space stands still: its keys seal
 * nothing, nobody is signed in, nothing is scheduled. It stays so until it is erased here, or released.
 */
export async function exportSpace(installation: Installation, options: ExportOptions): Promise<SpaceManifest> {
  const { folder, who, say, signal } = options
  const orm = await installation.database()
  const owner = await ownerOf(orm, who)
  if (owner === undefined) {
    throw new CommandFailed(
      'space_unknown',
      `There is no user and no space ${who} here. Name a user, or an id of either.`,
    )
  }
  const move = await moveOf(orm, owner.spaceId)
  if (move?.way === 'leaving' && move.digest !== undefined) {
    throw new CommandFailed(
      'exported_already',
      `Space ${owner.spaceId} stands still since an export that is whole (${move.exportId}): carry that one, since its receipt ends the move. ` +
        'If it is lost and was imported nowhere, `space release` it first.',
    )
  }
  await assertNothingErased(installation, signal)
  const from = await masterKeyOf(orm, masterKeySource(installation.config), { makes: false })
  if (Buffer.from(from).equals(options.key)) {
    throw new CommandFailed(
      'transport_key_same',
      'The transport key is the master key: whoever carries it could open everybody. Name a file of its own.',
    )
  }
  await newFolder(folder)
  try {
    const exportId = systemIds.uuid()
    await beginLeaving(orm, { spaceId: owner.spaceId, exportId, address: options.address })
    await tellHold(orm, owner.spaceId, say)
    say(`Space ${owner.spaceId} stands still.`)
    const manifest = await copyAll(installation, { ...owner, exportId, from }, options)
    const digest = await writeSpaceManifest(folder, manifest, options.key)
    await noteExport(orm, owner.spaceId, digest)
    return manifest
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** A word to every process: whether its space may seal is asked anew. Throws HoldersSilent. */
export async function tellHold(orm: MikroORM, spaceId: string, say: (line: string) => void): Promise<void> {
  // It goes on trying by itself until the word's time is over.
  const onError = (error: unknown) =>
    say(`The database is asked again: ${error instanceof Error ? error.message : error}`)
  const holders = await openHolders<ErasedScope>(orm, { name: 'log', id: systemIds.uuid(), onError })
  try {
    const word = { id: `move/${systemIds.uuid()}`, kind: 'hold' as const, scope: { of: 'space' as const, spaceId } }
    await holders.tell(word, wordMs)
  } finally {
    await holders.stop()
  }
}

async function assertNothingErased(installation: Installation, signal: AbortSignal): Promise<void> {
  const pending = await pendingErasures(installation, signal)
  if (pending.length === 0) return
  throw new CommandFailed(
    'erasure_pending',
    `${pending.length} erasures are not done yet, and one may be of this space. Wait until \`npm run log -- erasures\` names none.`,
  )
}

type Leaving = Owner & { exportId: string; from: Uint8Array }

async function copyAll(
  installation: Installation,
  { spaceId, userId, exportId, from }: Leaving,
  options: ExportOptions,
): Promise<SpaceManifest> {
  const { folder, key, root, say, signal } = options
  const orm = await installation.database()
  const { streams, files, facts } = await copyLog(installation, spaceId, options)
  const secrets = await linkSecrets(orm, facts.handles)
  const rows = await copySpace(orm, { spaceId, secrets }, { from, to: key })
  const file = await writeFile(folder, rowsFile)
  await file.write(sealRows(rows, key, exportId))
  files.push(await file.close())
  const objects = await copyObjects(installation, spaceId, options)
  files.push(objects.file)
  say(`objects: ${objects.count}; rows of the vault: ${rows.length}`)
  await assertStill(installation, { spaceId, streams }, signal)
  const scopes = (await (await installation.ledger())?.scopes()) ?? []
  return {
    format: formatVersion,
    exportId,
    spaceId,
    userId,
    madeAt: systemClock.now().toISOString(),
    madeBy: await ownVersion(root),
    ...(await knowledge(orm)),
    streams,
    rows: Object.fromEntries(
      [...Map.groupBy(rows, ({ table }) => table)].map(([table, of]): [string, number] => [table, of.length]),
    ),
    secrets,
    providers: facts.needed(),
    erased: scopes.flatMap(({ erasureId, scope }) =>
      scope.of === 'connection' && scope.spaceId === spaceId
        ? [{ erasureId, connectionId: scope.connectionId, accountIds: [...scope.accountIds] }]
        : [],
    ),
    objects: { count: objects.count, bytes: objects.bytes },
    files,
  }
}

async function copyLog(installation: Installation, spaceId: string, { folder, say, signal }: ExportOptions) {
  const [log, keys] = [await installation.eventLog(), await installation.keys()]
  const catalogue = eventCatalogue()
  const facts = connectionFacts()
  const streams: SpaceManifest['streams'] = []
  const files: WrittenFile[] = []
  const learn = async (message: RawMessage) => {
    const { context, aggregate, aggregateId } = addressOf(message.subject)
    if (context !== connectionEvents.context || aggregate !== connectionEvents.aggregate) return
    for (const event of (await openMessage(message, keys, catalogue)).events) facts.learn(aggregateId, event)
  }
  for (const context of order) {
    const file = await writeFile(folder, `log/${context}.jsonl`)
    const digest = messagesDigest()
    for await (const message of messagesOf(log, { context, spaceId, signal })) {
      await file.line(lineOf(message))
      digest.add(message)
      await learn(message)
    }
    const written = await file.close()
    files.push(written)
    const counted = { context, file: written.name, ...digest.end() }
    streams.push(counted)
    say(`${context}: ${counted.messages} messages`)
  }
  return { streams, files, facts }
}

async function copyObjects(installation: Installation, spaceId: string, { folder, signal }: ExportOptions) {
  const store = installation.objects()
  const list = await writeFile(folder, objectsFile)
  let [count, bytes] = [0, 0]
  for await (const { key } of store.list(`raw/${spaceId}/`)) {
    signal.throwIfAborted()
    const line = await copyObject(store, folder, key)
    // Nothing is erased meanwhile, and nothing else goes from there.
    if (line === undefined) throw new CommandFailed('space_changed', `${key} went while it was copied.`)
    await list.line(line)
    count += 1
    bytes += line.bytes
  }
  return { count, bytes, file: await list.close() }
}

/** Throws CommandFailed (`space_changed`) where the log has more of the space, or other, than was copied. */
export async function assertStill(
  installation: Installation,
  { spaceId, streams }: Pick<SpaceManifest, 'spaceId' | 'streams'>,
  signal: AbortSignal,
): Promise<void> {
  const log = await installation.eventLog()
  for (const { context, messages, digest: copied } of streams) {
    const digest = messagesDigest()
    for await (const message of messagesOf(log, { context, spaceId, signal })) digest.add(message)
    const found = digest.end()
    if (found.digest === copied) continue
    throw new CommandFailed(
      'space_changed',
      `${context} has ${found.messages} messages of the space, and ${messages} were copied: something was added since. Release it, and export it again.`,
    )
  }
}
