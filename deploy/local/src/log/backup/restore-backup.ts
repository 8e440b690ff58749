import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { jetstreamManager } from '@nats-io/jetstream'
import type { Context } from '@pf/contracts'
import type { DeadLetter } from '@pf/eventing'
import { restoreStream, setReactions, streamOf } from '@pf/eventing/jetstream'
import { createPostgresDeadLetters } from '@pf/eventing/postgres'
import type { ObjectStore } from '@pf/object-store'
import { ledgerPlace, masterKeySource } from '@pf/service-kit'
import {
  assertNewestLedger,
  beginRestore,
  type CopiedRow,
  endRestore,
  loadVault,
  masterKeyOf,
  openVault,
  retireErased,
  unloadVault,
} from '@pf/vault/postgres'
import type { Installation } from '../installation.ts'
import { assertEmpty, deleteIfThere } from './empty.ts'
import { type Erased, erasedBy } from './erased.ts'
import { assertIntact, chunksOf, damaged, linesOf } from './folder.ts'
import { assertReadable } from './knowledge.ts'
import { logDigest } from './log-digest.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { BackupRefused } from './refusals.ts'
import { deadLettersFile, type ObjectLine, objectsFile, vaultFile } from './take-backup.ts'

export type RestoreOptions = { folder: string; say(line: string): void; signal: AbortSignal }

export type Restored = {
  madeAt: string
  messages: number
  objects: number
  /** Erasures that the ledger knows and that the backup may not: what they name is not restored, or goes at the first start. */
  erasures: number
}

/**
 * Into an empty installation, the backup or nothing: everything is checked before anything is written, the vault opens for
 * nobody until the last step, and a failure takes back what was written. Read models and marts are not in a backup: services
 * make them again from the log. Throws BackupRefused, LedgerRefused, MasterKeyRefused, and what the stores throw.
 */
export async function restoreBackup(installation: Installation, options: RestoreOptions): Promise<Restored> {
  const { folder, say } = options
  const manifest = await readManifest(folder)
  const [nats, orm] = [await installation.nats(), await installation.database()]
  await assertReadable(manifest, orm, nats.info?.version ?? '')
  const { scopes, erased } = await newestLedger(installation, manifest)
  // Never made here: a new one would open nothing of the backup.
  const masterKey = await masterKeyOf(orm, masterKeySource(installation.config), { makes: false })
  for (const file of manifest.files) await assertIntact(folder, file)
  const objects = await checkObjects(installation.objects(), folder, manifest, erased)
  const made = await assertEmpty(installation, manifest.objects.copied)
  say('The backup is whole, and nothing is in its way.')

  const undo: Undo = []
  try {
    undo.unshift(() => endRestore(orm))
    await beginRestore(orm)
    undo.unshift(() => unloadVault(orm))
    await loadVault(orm, erased.rows(linesOf<CopiedRow>(folder, vaultFile)))
    await retireErased(orm, scopes)
    // Throws where the master key is not the one that wrapped these.
    await openVault({ orm, masterKey })
    say('The vault is loaded, and the master key opens it.')
    await restoreDeadLetters(orm, folder, erased, undo)
    await restoreLog(installation, { manifest, made, undo }, options)
    if (manifest.objects.copied) await restoreObjects(installation.objects(), folder, erased, undo)
    await endRestore(orm)
  } catch (error) {
    await takeBack(undo, say)
    throw error
  }
  const messages = manifest.streams.reduce((sum, stream) => sum + stream.messages, 0)
  return { madeAt: manifest.madeAt, messages, objects, erasures: scopes.length }
}

/** Throws LedgerRefused where there is none, or not the newest of this installation. */
async function newestLedger(installation: Installation, { ledger: { id, seq, hash } }: Manifest) {
  const ledger = await installation.ledger()
  await assertNewestLedger(ledgerPlace(installation.config), { ledger_id: id, seq, hash }, ledger)
  const scopes = (await ledger?.scopes()) ?? []
  return { scopes, erased: erasedBy(scopes) }
}

type Undo = (() => Promise<unknown>)[]

/** Newest first; the mark that keeps everybody out is the last to go, so it stays where something could not be taken back. */
async function takeBack(undo: Undo, say: (line: string) => void): Promise<void> {
  try {
    for (const step of undo) await step()
  } catch (error) {
    say(`Not all of it could be taken back: ${error instanceof Error ? error.message : error}`)
  }
}

async function restoreLog(
  installation: Installation,
  { manifest, made, undo }: { manifest: Manifest; made: readonly Context[]; undo: Undo },
  { folder, say, signal }: RestoreOptions,
): Promise<void> {
  const nats = await installation.nats()
  const jsm = await jetstreamManager(nats)
  const log = await installation.eventLog()
  const replicas = installation.config.natsReplicas
  for (const stream of manifest.streams) {
    const { context, digest } = stream
    // Made by a first start, and never written to.
    if (made.includes(context)) await jsm.streams.delete(streamOf(context))
    undo.unshift(() => deleteIfThere(jsm, context))
    await restoreStream(nats, stream, chunksOf(folder, stream.file), { replicas })
    const restored = await logDigest(log, context, stream.lastSeq, signal)
    if (restored.digest !== digest) {
      throw damaged(
        `${context} has ${restored.messages} messages with another digest than the ${stream.messages} that were copied`,
      )
    }
    await setReactions(nats, context, manifest.reactions)
    say(`${context}: ${restored.messages} messages up to ${stream.lastSeq}, the same as were copied`)
  }
}

/** Copied ones must be whole, named ones must be in the store. Answers how many will be there; erased ones are none of them. */
async function checkObjects(
  store: ObjectStore,
  folder: string,
  { objects }: Manifest,
  erased: Erased,
): Promise<number> {
  const there = new Map<string, number>()
  if (!objects.copied) for await (const { key, size } of store.list('raw/')) there.set(key, size)
  const missing: string[] = []
  let count = 0
  for await (const { key, bytes, sha256 } of linesOf<ObjectLine>(folder, objectsFile)) {
    if (erased.object(key)) continue
    count += 1
    if (sha256 !== undefined) await assertIntact(folder, { name: `objects/${key}`, bytes, sha256 })
    else if (there.get(key) !== bytes) missing.push(key)
  }
  if (missing.length === 0) return count
  throw new BackupRefused(
    'objects_missing',
    `The backup names ${count} raw objects and holds none; ${missing.length} of them are not in the object store, or not of ` +
      `their size, for example ${missing[0]}. Set OBJECT_STORE_URL to the store they are in, or restore that first.`,
  )
}

/** What a reaction had given up waits for the operator as it did. */
async function restoreDeadLetters(orm: MikroORM, folder: string, erased: Erased, undo: Undo): Promise<void> {
  const letters = createPostgresDeadLetters(orm)
  undo.unshift(async () => {
    for (const { id } of await letters.list()) await letters.remove(id)
  })
  for await (const letter of linesOf<DeadLetter>(folder, deadLettersFile)) {
    if (!erased.subject(letter.subject)) await letters.set(letter)
  }
}

async function restoreObjects(store: ObjectStore, folder: string, erased: Erased, undo: Undo): Promise<void> {
  const written: string[] = []
  undo.unshift(async () => {
    for (const key of written) await store.delete(key)
  })
  for await (const { key } of linesOf<ObjectLine>(folder, objectsFile)) {
    if (erased.object(key)) continue
    written.push(key)
    await store.put(key, await readFile(join(folder, 'objects', key)))
  }
}
