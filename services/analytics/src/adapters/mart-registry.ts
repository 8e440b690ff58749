import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { Bounds } from '../bounds.ts'
import { messageOf } from './duckdb.ts'
import { type KnownFile, withLocalFiles } from './lake-download.ts'
import { type Loaded, type MartFile, openMartFile, type Read } from './mart-file.ts'
import type { Models } from './models.ts'

/** Which files a space's lake has, all that the log holds by now, in order. */
export type Manifest = (spaceId: string) => Promise<readonly KnownFile[]>

/** The marts of all spaces: one DuckDB instance per file, opened on demand, closed when least recently used. */
export interface MartRegistry {
  /** Undefined where the space has no marts (nothing was ever stored). What `work` asks is of one moment. */
  read<T>(spaceId: string, work: Read<T>): Promise<T | undefined>
  /** Loads what is not in the marts yet and refreshes what it touches. */
  load(spaceId: string, files: readonly KnownFile[], position: number): Promise<Loaded>
  /** Spaces that are open now. */
  open(): string[]
  stop(): Promise<void>
}

type Parts = {
  folder: string
  models: Models
  bounds: Bounds
  objects: ObjectStore
  manifest: Manifest
  clock: Clock
  /** A mart is built from the whole lake, and why; a space's first sync finds no file either. */
  onRebuild?: (spaceId: string, reason: string) => void
}

/** One opening of a space's file. Once `ended` nobody enters it any more; the last one out closes it. */
type Slot = {
  file: Promise<MartFile | undefined>
  users: number
  lastUsed: number
  ended: boolean
  broken: boolean
  closed: PromiseWithResolvers<void>
}

export function createMartRegistry(parts: Parts): MartRegistry {
  const slots = new Map<string, Slot>()
  /** Until it resolves the space's file may still be open. */
  const closing = new Map<string, Promise<void>>()
  let uses = 0
  let stopped = false

  const pathOf = (spaceId: string) => join(parts.folder, safe(spaceId), 'mart.duckdb')

  function enter(spaceId: string, create: boolean): Slot {
    const known = slots.get(spaceId)
    if (known !== undefined) {
      // Somebody deleted the file: what is still open has no name any more.
      if (known.users > 0 || known.lastUsed === 0 || existsSync(pathOf(spaceId))) return known
      end(spaceId, known)
    }
    const file = (closing.get(spaceId) ?? Promise.resolve()).then(() =>
      openOrBuild(parts, spaceId, pathOf(spaceId), create),
    )
    const closed = Promise.withResolvers<void>()
    const slot: Slot = { file, users: 0, lastUsed: 0, ended: false, broken: false, closed }
    slots.set(spaceId, slot)
    return slot
  }

  function end(spaceId: string, slot: Slot): void {
    if (slot.ended) return
    slot.ended = true
    slots.delete(spaceId)
    closing.set(spaceId, slot.closed.promise)
    if (slot.users === 0) void close(spaceId, slot)
  }

  async function close(spaceId: string, slot: Slot): Promise<void> {
    // An instance that a fatal error ended cannot even checkpoint; its file is built anew.
    await slot.file.then((file) => file?.close()).catch(() => undefined)
    if (slot.broken) await removeMart(pathOf(spaceId)).catch(() => undefined)
    if (closing.get(spaceId) === slot.closed.promise) closing.delete(spaceId)
    slot.closed.resolve()
  }

  function closeIdle(): void {
    const idle = [...slots].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [spaceId, slot] of idle) if (slots.size > parts.bounds.maxOpenMarts) end(spaceId, slot)
  }

  async function use<T>(
    spaceId: string,
    create: boolean,
    work: (file: MartFile) => Promise<T>,
  ): Promise<T | undefined> {
    if (stopped) throw new Error('mart_registry_stopped: the service is stopping; ask again after its start.')
    const slot = enter(spaceId, create)
    slot.users++
    slot.lastUsed = ++uses
    let file: MartFile | undefined
    try {
      file = await slot.file.catch((error: unknown) => {
        end(spaceId, slot)
        throw error
      })
      if (file !== undefined) return await work(file)
      end(spaceId, slot)
    } catch (error) {
      if (isBroken(error)) {
        slot.broken = true
        end(spaceId, slot)
      }
      throw error
    } finally {
      slot.users--
      if (slot.ended && slot.users === 0) void close(spaceId, slot)
      closeIdle()
    }
    return create ? use(spaceId, create, work) : undefined
  }

  return {
    read: (spaceId, work) => use(spaceId, false, (file) => file.read(work)),
    async load(spaceId, files, position) {
      const loaded = await use(spaceId, true, async (file) => {
        const known = await file.loadedKeys()
        const fresh = files.filter(({ key }) => !known.has(key))
        return withLocalFiles(parts.objects, fresh, incomingOf(parts, spaceId), (local) =>
          file.load(local, position, parts.clock.now()),
        )
      })
      return loaded ?? { files: 0, months: [] }
    },
    open: () => [...slots.keys()],
    async stop() {
      stopped = true
      for (const [spaceId, slot] of [...slots]) end(spaceId, slot)
      await Promise.all(closing.values())
    },
  }
}

async function openOrBuild(
  parts: Parts,
  spaceId: string,
  path: string,
  create: boolean,
): Promise<MartFile | undefined> {
  if (existsSync(path)) {
    const file = await openCurrent(parts, path)
    if (typeof file !== 'string') return file
    parts.onRebuild?.(spaceId, file)
    return build(parts, spaceId, path, await parts.manifest(spaceId))
  }
  const known = await parts.manifest(spaceId)
  if (known.length > 0) {
    parts.onRebuild?.(spaceId, 'no file')
    return build(parts, spaceId, path, known)
  }
  return create ? openMartFile(path, { ...parts, create: true }) : undefined
}

/** The file, or why it has to be built anew. */
async function openCurrent(parts: Parts, path: string): Promise<MartFile | string> {
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

/** Beside the old one, which is replaced when the new one is whole. */
async function build(parts: Parts, spaceId: string, path: string, known: readonly KnownFile[]): Promise<MartFile> {
  const draft = `${path}.building`
  await removeMart(draft)
  const file = await openMartFile(draft, { ...parts, create: true })
  try {
    const { maxFilesAtOnce } = parts.bounds
    const position = Math.max(0, ...known.map(({ seq }) => seq))
    for (let from = 0; from < known.length; from += maxFilesAtOnce)
      await withLocalFiles(
        parts.objects,
        known.slice(from, from + maxFilesAtOnce),
        incomingOf(parts, spaceId),
        (local) => file.load(local, position, parts.clock.now(), 'later'),
      )
    await file.load([], position, parts.clock.now(), 'all')
  } finally {
    await file.close()
  }
  await removeMart(path)
  await rename(draft, path)
  return openMartFile(path, parts)
}

async function removeMart(path: string): Promise<void> {
  for (const suffix of ['', '.wal', '.tmp']) await rm(`${path}${suffix}`, { recursive: true, force: true })
}

const incomingOf = ({ folder }: Parts, spaceId: string): string => join(folder, safe(spaceId), 'incoming')

/** Ids come from the principal and from subjects; nothing else may become part of a path. */
function safe(spaceId: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(spaceId))
    throw new Error('mart_space_invalid: a space id of [A-Za-z0-9_-] was expected.')
  return spaceId
}

/** DuckDB ends an instance at such an error: every later statement fails. */
function isBroken(error: unknown): boolean {
  return /FATAL|INTERNAL Error|has been invalidated|[Cc]orrupt/.test(messageOf(error))
}
