import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { KnownFile } from '../application/ports.ts'
import type { Bounds } from '../bounds.ts'
import { messageOf } from './duckdb.ts'
import { lacksLakeFile, withLocalFiles } from './lake-download.ts'
import { isMartDataset, isReadWhenAsked, isUnused } from './lake-tables.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { MartOutOfStep, planLoading } from './mart-names.ts'
import type { Models } from './models.ts'

/** Which files a space's lake has, all that the log holds by now, in order. */
export type Manifest = (spaceId: string) => Promise<readonly KnownFile[]>

export type MartParts = {
  folder: string
  models: Models
  bounds: Bounds
  objects: ObjectStore
  manifest: Manifest
  clock: Clock
  /** A mart is built from the whole lake, and why. */
  onRebuild?: (spaceId: string, reason: string) => void
  /** A mart lacked files that the log names: they are loaded now. */
  onBehind?: (spaceId: string, files: number) => void
  /** Of those, one message's files are lost or not what the log says; the marts go on without. */
  onUnreadable?: (spaceId: string, error: Error) => void
}

export const spaceFolder = ({ folder }: Pick<MartParts, 'folder'>, spaceId: string): string =>
  join(folder, safe(spaceId))
export const martPath = (parts: Pick<MartParts, 'folder'>, spaceId: string): string =>
  join(spaceFolder(parts, spaceId), 'mart.duckdb')

/**
 * A space's marts with all that its lake has, or undefined where nothing was ever stored. Who is about to load the files
 * `coming` gets marts without them, perhaps new ones.
 */
export async function openMart(
  parts: MartParts,
  spaceId: string,
  coming?: readonly KnownFile[],
): Promise<MartFile | undefined> {
  const path = martPath(parts, spaceId)
  const soon = new Set(coming?.map(({ key }) => key))
  const expected = (await expectedFiles(parts, spaceId)).filter(({ key }) => !soon.has(key))
  if (existsSync(path)) {
    const file = await openCurrent(parts, path)
    const current = typeof file === 'string' ? file : await caughtUp(parts, spaceId, file, expected)
    if (typeof current !== 'string') return current
    parts.onRebuild?.(spaceId, current)
    return build(parts, spaceId, path, expected)
  }
  if (expected.length > 0) {
    parts.onRebuild?.(spaceId, 'no file')
    return build(parts, spaceId, path, expected)
  }
  // A space's first sync: who reads meanwhile need not wait for it.
  return coming === undefined ? undefined : openMartFile(path, { ...parts, create: true })
}

/** The files of the space's lake that marts are made from. */
export async function expectedFiles(parts: MartParts, spaceId: string): Promise<KnownFile[]> {
  const known = await parts.manifest(spaceId)
  return known.filter(({ dataset, schemaVersion }) => isMartDataset(dataset) && !isUnused(dataset, schemaVersion))
}

export async function removeMart(path: string): Promise<void> {
  for (const suffix of ['.wal', '', '.tmp']) await rm(`${path}${suffix}`, { recursive: true, force: true })
}

/** With the write-ahead log that may lie beside it; that goes first, so that none ever lies beside a file that is not its own. */
export async function moveMart(from: string, to: string): Promise<void> {
  if (existsSync(`${from}.wal`)) await rename(`${from}.wal`, `${to}.wal`)
  await rename(from, to)
}

/** Brings the files that are not in the marts yet, and loads them. Throws MartOutOfStep. */
export async function loadInto(
  parts: MartParts,
  spaceId: string,
  file: MartFile,
  files: readonly KnownFile[],
  position: number,
) {
  const { fresh, swaps } = planLoading(files, await file.loadedKeys())
  return withLocalFiles(parts.objects, fresh, incomingOf(parts, spaceId), (local) =>
    file.load(local, position, parts.clock.now(), 'touched', swaps),
  )
}

/** The file, or why it has to be built anew. Throws where it is in use. */
export async function openCurrent(parts: MartParts, path: string): Promise<MartFile | string> {
  let file: MartFile
  try {
    file = await openMartFile(path, parts)
  } catch (error) {
    // In use is no reason to build another one beside it.
    if (/mart_open_twice|Conflicting lock/.test(messageOf(error))) throw error
    return 'broken'
  }
  const version = await file.version().catch(() => 'unreadable')
  if (version === parts.models.version) return file
  await file.close().catch(() => undefined)
  return 'built by other models'
}

/**
 * A file may be an older copy, or the last commits of a crashed machine may be gone: what the log names is loaded. The file,
 * or why it has to be built anew.
 */
async function caughtUp(
  parts: MartParts,
  spaceId: string,
  file: MartFile,
  expected: readonly KnownFile[],
): Promise<MartFile | string> {
  try {
    const loaded = await file.loadedKeys()
    const missing = expected.filter(({ key }) => !loaded.has(key))
    // What is left to an opening (mart-registry.ts) is no sign of anything.
    const behind = missing.filter(({ dataset }) => !isReadWhenAsked(dataset))
    if (behind.length > 0) parts.onBehind?.(spaceId, behind.length)
    for (const some of chunks(missing, parts.bounds.maxFilesAtOnce)) await catchUp(parts, spaceId, file, some)
    return file
  } catch (error) {
    await file.close().catch(() => undefined)
    if (error instanceof MartOutOfStep) return 'out of step with a compaction'
    throw error
  }
}

/** One message's files that cannot be read keep no others out; its own sync is not complete and tries them again. */
async function catchUp(parts: MartParts, spaceId: string, file: MartFile, files: readonly KnownFile[]): Promise<void> {
  try {
    await loadInto(parts, spaceId, file, files, positionOf(files))
  } catch (error) {
    if (!lacksLakeFile(error)) throw error
    const bySeq = Map.groupBy(files, ({ seq }) => seq)
    if (bySeq.size === 1) parts.onUnreadable?.(spaceId, error)
    else for (const one of bySeq.values()) await catchUp(parts, spaceId, file, one)
  }
}

/** Beside the old one, which is replaced when the new one is whole. */
async function build(parts: MartParts, spaceId: string, path: string, files: readonly KnownFile[]): Promise<MartFile> {
  const draft = `${path}.building`
  await removeMart(draft)
  try {
    await fillAnew(parts, spaceId, draft, files)
  } catch (error) {
    // On a full disk what could not be finished takes no room any longer.
    await removeMart(draft).catch(() => undefined)
    throw error
  }
  await removeMart(path)
  await rename(draft, path)
  return openMartFile(path, parts)
}

/** Nobody asks what is being built, so one statement may have more of the processors. */
export const forBuilding = <P extends MartParts>(parts: P): P => ({
  ...parts,
  bounds: { ...parts.bounds, threads: Math.max(parts.bounds.threads, parts.bounds.buildThreads) },
})

async function fillAnew(parts: MartParts, spaceId: string, path: string, files: readonly KnownFile[]): Promise<void> {
  const file = await openMartFile(path, { ...forBuilding(parts), create: true, unbuilt: true })
  try {
    const position = positionOf(files)
    for (const some of loadsOf(files, { rowsAtOnce: largeAnswer, filesAtOnce: parts.bounds.maxFilesAtOnce }))
      await withLocalFiles(parts.objects, some, incomingOf(parts, spaceId), (local) =>
        file.load(local, position, parts.clock.now(), 'later'),
      )
    await file.build(position, parts.clock.now())
  } finally {
    await file.close()
  }
}

/** Rows of a load: ids of one answer are neighbours, and take next to nothing in a row group without those of another. */
const largeAnswer = 50_000

/** In their order; a load ends with the file that fills it. */
export function loadsOf(
  files: readonly KnownFile[],
  { rowsAtOnce, filesAtOnce }: { rowsAtOnce: number; filesAtOnce: number },
): KnownFile[][] {
  const loads: KnownFile[][] = []
  let rows = Number.POSITIVE_INFINITY
  for (const file of files) {
    if (rows >= rowsAtOnce || loads.at(-1)?.length === filesAtOnce) {
      loads.push([])
      rows = 0
    }
    loads.at(-1)?.push(file)
    rows += file.rowCount
  }
  return loads
}

export const positionOf = (files: readonly KnownFile[]): number => Math.max(0, ...files.map(({ seq }) => seq))

export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))

export const incomingOf = ({ folder }: MartParts, spaceId: string): string => join(folder, safe(spaceId), 'incoming')

/** Ids come from the principal and from subjects; nothing else may become part of a path. */
function safe(spaceId: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(spaceId))
    throw new Error('mart_space_invalid: a space id of [A-Za-z0-9_-] was expected.')
  return spaceId
}
