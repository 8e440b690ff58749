import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Context } from '@pf/contracts'
import { type EventLog, systemClock } from '@pf/eventing'
import { copyStream, reactionPositions } from '@pf/eventing/jetstream'
import { createPostgresDeadLetters } from '@pf/eventing/postgres'
import { ObjectNotFound } from '@pf/object-store'
import type { ErasureLedger } from '@pf/vault/ledger'
import { copyVault } from '@pf/vault/postgres'
import { type Installation, ledgerOf } from '../installation.ts'
import { newFolder, type WrittenFile, writeFile } from './folder.ts'
import { knowledge, ownVersion } from './knowledge.ts'
import { logDigest } from './log-digest.ts'
import { formatVersion, type Manifest, writeManifest } from './manifest.ts'
import { BackupRefused } from './refusals.ts'

export type BackupOptions = {
  folder: string
  /** Whether the sealed raw objects are copied into the backup. */
  objects: boolean
  root: string
  say(line: string): void
  signal: AbortSignal
}

/**
 * Effects before causes, whoever appends meanwhile: analytics acts on storage, storage on extraction, extraction on
 * connection. Where an effect is in a copy, so is its cause; the way back (extraction hears of storage's and analytics'
 * events) is closed by the reactions' positions, which are older than every copy: what they had not acknowledged is handled
 * again.
 */
export const order: readonly Context[] = ['analytics', 'storage', 'extraction', 'connection', 'auth']
/** An erasure in the middle of a copy changes the stream: it is copied again. */
const mostAttempts = 5

export const vaultFile = 'vault.jsonl'
export const deadLettersFile = 'dead-letters.jsonl'
export const ledgerFile = 'ledger.jsonl'
export const objectsFile = 'objects.jsonl'
/** `sha256` of the sealed bytes; absent where the object is named only. */
export type ObjectLine = { key: string; bytes: number; sha256?: string }

/**
 * Log, vault, ledger and raw objects of a system that may be running. Reactions' positions first, then what they had given up
 * by then, then the log, then the vault, then the objects: each event's key and object was there before it, so they are in what is copied after it. The
 * master key is in no backup. The ledger's copy is for people: a restore takes the newest, from outside.
 */
export async function takeBackup(installation: Installation, options: BackupOptions): Promise<Manifest> {
  const ledger = await ledgerOf(installation, 'the first start makes it. Without it no backup could be restored.')
  await newFolder(options.folder)
  try {
    const manifest = await copyAll(installation, ledger, options)
    await writeManifest(options.folder, manifest)
    return manifest
  } catch (error) {
    await rm(options.folder, { recursive: true, force: true })
    throw error
  }
}

async function copyAll(installation: Installation, ledger: ErasureLedger, options: BackupOptions): Promise<Manifest> {
  const { folder, root, say } = options
  const nats = await installation.nats()
  const log = await installation.eventLog()
  const orm = await installation.database()
  const files: WrittenFile[] = []
  const reactions = await reactionPositions(nats, order)
  const letters = await copyDeadLetters(orm, folder)
  files.push(letters.file)
  const streams: Manifest['streams'] = []
  for (const context of order) {
    const { written, ...stream } = await copySteadily(nats, log, context, options)
    say(`${context}: ${stream.messages} messages up to ${stream.lastSeq}`)
    streams.push(stream)
    files.push(written)
  }
  const rows = await writeFile(folder, vaultFile)
  const vault = await copyVault(orm, rows.line)
  files.push(await rows.close())
  say(`vault: ${vault.keys} keys`)
  const copiedLedger = await copyLedger(ledger, folder)
  files.push(copiedLedger.file)
  const objects = await copyObjects(installation, options)
  files.push(objects.file)
  say(`objects: ${objects.count} ${options.objects ? 'copied' : 'named, not copied (--objects copies them)'}`)
  return {
    format: formatVersion,
    madeAt: systemClock.now().toISOString(),
    madeBy: { version: await ownVersion(root), nats: nats.info?.version ?? '' },
    ...(await knowledge(orm)),
    streams,
    reactions,
    deadLetters: letters.count,
    vault,
    ledger: copiedLedger.last,
    objects: { copied: options.objects, count: objects.count, bytes: objects.bytes },
    files,
  }
}

type CopiedStream = Manifest['streams'][number] & { written: WrittenFile }

/** The copy and the digest are of the same messages: where an erasure came between, both are made again. */
async function copySteadily(
  nats: NatsConnection,
  log: EventLog,
  context: Context,
  { folder, signal }: BackupOptions,
): Promise<CopiedStream> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const name = `log/${context}.stream`
    await rm(join(folder, name), { force: true })
    const file = await writeFile(folder, name)
    const copy = await copyStream(nats, context, file.write)
    const written = await file.close()
    const { digest, messages } = await logDigest(log, context, copy.lastSeq, signal)
    if (messages === copy.messages) return { ...copy, file: name, digest, written }
  }
  throw new BackupRefused(
    'backup_unsteady',
    `Messages of ${context} went while they were copied, ${mostAttempts} times: erasures are under way. Take the backup again later.`,
  )
}

async function copyDeadLetters(orm: MikroORM, folder: string): Promise<{ count: number; file: WrittenFile }> {
  const file = await writeFile(folder, deadLettersFile)
  const letters = await createPostgresDeadLetters(orm).list()
  for (const letter of letters) await file.line(letter)
  return { count: letters.length, file: await file.close() }
}

async function copyLedger(
  ledger: ErasureLedger,
  folder: string,
): Promise<{ last: Manifest['ledger']; file: WrittenFile }> {
  const file = await writeFile(folder, ledgerFile)
  const last = { id: ledger.id, seq: 0, hash: '' }
  for (const entry of await ledger.entries()) {
    await file.line(entry)
    Object.assign(last, { seq: entry.seq, hash: entry.hash })
  }
  return { last, file: await file.close() }
}

async function copyObjects(
  installation: Installation,
  { folder, objects: copied, signal }: BackupOptions,
): Promise<{ count: number; bytes: number; file: WrittenFile }> {
  const store = installation.objects()
  const list = await writeFile(folder, objectsFile)
  let [count, bytes] = [0, 0]
  for await (const { key, size } of store.list('raw/')) {
    signal.throwIfAborted()
    const line = copied ? await copyObject(store, folder, key) : { key, bytes: size }
    // Erased since it was listed: it is in no backup.
    if (line === undefined) continue
    await list.line(line)
    count += 1
    bytes += line.bytes
  }
  return { count, bytes, file: await list.close() }
}

/** Its bytes into the folder; undefined where it was erased since it was listed. */
export async function copyObject(
  store: ReturnType<Installation['objects']>,
  folder: string,
  key: string,
): Promise<ObjectLine | undefined> {
  try {
    const body = await store.get(key)
    const file = await writeFile(folder, `objects/${key}`)
    await file.write(body)
    const { bytes, sha256 } = await file.close()
    return { key, bytes, sha256 }
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined
    throw error
  }
}
