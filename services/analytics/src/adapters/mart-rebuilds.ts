import { existsSync } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DraftLost,
  type KnownFile,
  LakeIncomplete,
  type MartBuilder,
  type MartRegistry,
  type Query,
} from '../application/ports.ts'
import type { Comparison, Progress } from '../domain/mart-rebuild.ts'
import { lacksLakeFile, withLocalFiles } from './lake-download.ts'
import { compareMarts } from './mart-comparison.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { MartOutOfStep, planLoading } from './mart-names.ts'
import {
  chunks,
  expectedFiles,
  forBuilding,
  incomingOf,
  loadInto,
  loadsOf,
  type MartParts,
  martPath,
  moveMart,
  openCurrent,
  positionOf,
  removeMart,
  spaceFolder,
} from './mart-opening.ts'

type Parts = MartParts & { registry: MartRegistry }

/** Loads are small enough that twenty steps of progress can be told, by rows: each costs the same few statements. */
const steps = 20
/** A compaction may join files of which some are loaded. */
const attempts = 3
/** Syncs may arrive between a look at the lake and the comparison; then it is looked again. */
const looks = 50

const draftPath = (parts: Parts, spaceId: string, rebuildId: string) =>
  join(spaceFolder(parts, spaceId), `rebuild-${rebuildId}.duckdb`)

/** `old-<day of the switch>-<rebuild>.duckdb`: the name says when it may go. */
const oldPath = (parts: Parts, spaceId: string, rebuildId: string) =>
  join(spaceFolder(parts, spaceId), `old-${parts.clock.now().toISOString().slice(0, 10)}-${rebuildId}.duckdb`)

export function createMartBuilder(parts: Parts): MartBuilder {
  return {
    expected: async (spaceId) => (await expectedFiles(parts, spaceId)).length,
    async build(spaceId, rebuildId, onProgress, signal) {
      const path = draftPath(parts, spaceId, rebuildId)
      for (let attempt = 1; ; attempt++) {
        const draft = await openDraft(parts, path)
        try {
          await fill(parts, spaceId, draft, onProgress, signal)
          return await compareAtOneMoment(parts, spaceId, draft, signal)
        } catch (error) {
          if (lacksLakeFile(error)) throw new LakeIncomplete(error)
          // Files of which the draft has some were joined with others meanwhile: it is begun again.
          if (!(error instanceof MartOutOfStep) || attempt === attempts) throw error
        } finally {
          await draft.close()
        }
        await removeMart(path)
      }
    },
    async takeOver(spaceId, rebuildId) {
      const draft = draftPath(parts, spaceId, rebuildId)
      if (!existsSync(draft)) {
        if (await wasTakenOver(parts, spaceId, rebuildId)) return
        throw new DraftLost()
      }
      // What arrived since the comparison; what arrives from here on is loaded when the file is opened.
      const file = await openMartFile(draft, parts)
      try {
        await catchUp(parts, spaceId, file)
      } catch (error) {
        // Then it is built anew when it is opened, as any other marts would be.
        if (!(error instanceof MartOutOfStep)) throw error
      } finally {
        await file.close()
      }
      const current = martPath(parts, spaceId)
      await parts.registry.replace(spaceId, async () => {
        if (existsSync(current)) await moveMart(current, oldPath(parts, spaceId, rebuildId))
        await removeMart(current)
        await rename(draft, current)
      })
      await removeOldMarts(parts, spaceId)
    },
    remove: (spaceId, rebuildId) => removeMart(draftPath(parts, spaceId, rebuildId)),
  }
}

/** What an earlier attempt has built, as far as it can be used. */
async function openDraft(parts: Parts, path: string): Promise<MartFile> {
  if (existsSync(path)) {
    const known = await openCurrent(forBuilding(parts), path)
    if (typeof known !== 'string') return known
    await removeMart(path)
  }
  return openMartFile(path, { ...forBuilding(parts), create: true, unbuilt: true })
}

async function fill(
  parts: Parts,
  spaceId: string,
  draft: MartFile,
  onProgress: (progress: Progress) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { bounds, objects, clock } = parts
  const files = await expectedFiles(parts, spaceId)
  const { fresh, swaps } = planLoading(files, await draft.loadedKeys())
  const missing = new Set(fresh)
  const done = files.filter((file) => !missing.has(file))
  const rowsAtOnce = files.reduce((sum, { rowCount }) => sum + rowCount, 0) / steps
  for (const some of loadsOf(fresh, { rowsAtOnce, filesAtOnce: bounds.maxFilesAtOnce })) {
    signal.throwIfAborted()
    await withLocalFiles(objects, some, incomingOf(parts, spaceId), (local) =>
      draft.load(local, positionOf(some), clock.now(), 'later'),
    )
    done.push(...some)
    const rowsLoaded = done.reduce((sum, { rowCount }) => sum + rowCount, 0)
    await onProgress({ filesLoaded: done.length, files: files.length, rowsLoaded })
  }
  signal.throwIfAborted()
  await draft.load([], positionOf(files), clock.now(), 'later', swaps)
  await draft.build(positionOf(files), clock.now())
}

async function catchUp(parts: Parts, spaceId: string, file: MartFile): Promise<void> {
  const missing = without(await expectedFiles(parts, spaceId), await file.loadedKeys())
  for (const some of chunks(missing, parts.bounds.maxFilesAtOnce))
    await loadInto(parts, spaceId, file, some, positionOf(some))
}

const without = (files: readonly KnownFile[], loaded: ReadonlySet<string>): KnownFile[] =>
  files.filter(({ key }) => !loaded.has(key))

/**
 * Both hold what the log names at that moment: nothing is loaded into the marts that answer while that is looked at, and
 * each side's reader is there before loading goes on.
 */
async function compareAtOneMoment(
  parts: Parts,
  spaceId: string,
  draft: MartFile,
  signal: AbortSignal,
): Promise<Comparison> {
  const { registry } = parts
  for (let look = 1; look <= looks; look++) {
    signal.throwIfAborted()
    await catchUp(parts, spaceId, draft)
    const all = await expectedFiles(parts, spaceId)
    await registry.load(spaceId, all, positionOf(all))
    let comparing: Promise<Comparison> | undefined
    await registry.still(spaceId, async () => {
      const now = await expectedFiles(parts, spaceId)
      const current = (await registry.read(spaceId, loadedKeys)) ?? new Set<string>()
      if (without(now, current).length > 0 || without(now, await draft.loadedKeys()).length > 0) return
      const seen = Promise.withResolvers<void>()
      comparing = comparePinned(parts, spaceId, draft, seen.resolve)
      await Promise.race([seen.promise, comparing])
    })
    if (comparing !== undefined) return comparing
  }
  throw new Error(
    `rebuild_never_still: found new files at each of ${looks} looks, expected a moment without; ask again.`,
  )
}

async function comparePinned(
  { registry, models, bounds }: Parts,
  spaceId: string,
  draft: MartFile,
  pinned: () => void,
): Promise<Comparison> {
  const compared = await registry.read(spaceId, (before) =>
    draft.read(async (after) => {
      // A reader's moment begins with its first question.
      const storagePosition = Math.max(await positionIn(before), await positionIn(after))
      pinned()
      return { storagePosition, ...(await compareMarts(before, after, { models, maxRows: bounds.maxComparedRows })) }
    }),
  )
  if (compared === undefined) throw new Error('rebuild_without_marts: found no marts to compare with; ask again.')
  return compared
}

const loadedKeys = async (ask: Query): Promise<Set<string>> =>
  new Set((await ask('select key from mart.meta.files')).map((row) => String(row['key'])))

async function positionIn(ask: Query): Promise<number> {
  const [row] = await ask('select storage_seq from mart.meta.state')
  return Number(row?.['storage_seq'])
}

async function wasTakenOver(parts: Parts, spaceId: string, rebuildId: string): Promise<boolean> {
  return (await oldMarts(parts, spaceId)).some((name) => name.endsWith(`-${rebuildId}.duckdb`))
}

async function oldMarts(parts: Pick<MartParts, 'folder'>, spaceId: string): Promise<string[]> {
  const folder = spaceFolder(parts, spaceId)
  const names = existsSync(folder) ? await readdir(folder) : []
  return names.filter((name) => /^old-\d{4}-\d{2}-\d{2}-.+\.duckdb$/.test(name)).sort()
}

/** Of each space the newest few, and none past its days. */
export async function removeOldMarts(parts: MartParts, spaceId: string): Promise<void> {
  const { bounds, clock } = parts
  const oldest = new Date(clock.now().getTime() - bounds.oldMartsKeptDays * 86_400_000).toISOString().slice(0, 10)
  const newestFirst = (await oldMarts(parts, spaceId)).reverse()
  const gone = newestFirst.filter((name, n) => n >= bounds.maxOldMarts || name.slice(4, 14) < oldest)
  for (const name of gone) await removeMart(join(spaceFolder(parts, spaceId), name))
}

/** At start: of every space that has a folder here. */
export async function removeOldMartsOfAll(parts: MartParts): Promise<void> {
  const entries = await readdir(parts.folder, { withFileTypes: true })
  for (const entry of entries) if (entry.isDirectory()) await removeOldMarts(parts, entry.name)
}
