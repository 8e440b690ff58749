import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import { asOf, neverBuilt } from '../../application/as-of.ts'
import type { MartRegistry } from '../../application/ports.ts'
import type { Bounds } from '../../bounds.ts'
import { openMartFile } from '../mart-file.ts'
import type { Models } from '../models.ts'

export type MartCopy = { readonly path: string; readonly asOf: Rest.AsOf }
export type CopyFiles = (files: readonly { from: string; to: string }[]) => Promise<void>

export interface MartCopies {
  /** A copy of what the space's marts hold now, there until `work` has ended. `copyFiles` runs where a new one is needed. */
  use<T>(spaceId: string, copyFiles: CopyFiles, work: (copy: MartCopy) => Promise<T>): Promise<T>
  /** Removes the space's copy, at once or when who is asking it has ended. */
  forget(spaceId: string): Promise<void>
  stop(): Promise<void>
}

type Parts = {
  /** Nothing else is in it, and it is emptied at start: a copy is worth nothing to the next process. */
  folder: string
  registry: Pick<MartRegistry, 'read' | 'still'>
  models: Models
  bounds: Bounds
}

type Kept = MartCopy & { users: number; replaced: boolean; idle: NodeJS.Timeout | undefined }

/** One copy per space, taken anew when the marts have changed; the least recently used leaves, and who is idle. */
export async function openMartCopies({ folder, registry, models, bounds }: Parts): Promise<MartCopies> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const copies = new Map<string, Kept>()
  let made = 0

  const remove = ({ path }: MartCopy) =>
    Promise.all(['', '.wal', '.tmp'].map((suffix) => rm(`${path}${suffix}`, { recursive: true, force: true })))

  async function forget(spaceId: string, kept: Kept): Promise<void> {
    if (copies.get(spaceId) === kept) copies.delete(spaceId)
    kept.replaced = true
    clearTimeout(kept.idle)
    if (kept.users === 0) await remove(kept)
  }

  async function take(spaceId: string, copyFiles: CopyFiles): Promise<Kept> {
    const path = join(folder, `${++made}.duckdb`)
    const copy = (files: readonly string[], asOf: Rest.AsOf) =>
      copyFiles(files.map((from) => ({ from, to: `${path}${from.endsWith('.wal') ? '.wal' : ''}` }))).then(() => asOf)
    try {
      const copied = await registry.still(spaceId, copy)
      // Where nothing was ever stored every table is there and empty.
      if (copied === undefined) await (await openMartFile(path, { models, bounds, create: true })).close()
      return { path, asOf: copied ?? neverBuilt, users: 0, replaced: false, idle: undefined }
    } catch (error) {
      await remove({ path, asOf: neverBuilt })
      throw error
    }
  }

  async function current(spaceId: string, copyFiles: CopyFiles): Promise<Kept> {
    const now = (await registry.read(spaceId, (ask) => asOf(ask))) ?? neverBuilt
    const known = copies.get(spaceId)
    if (known !== undefined && sameMoment(known.asOf, now)) return known
    const fresh = await take(spaceId, copyFiles)
    if (known !== undefined) await forget(spaceId, known)
    return fresh
  }

  return {
    async use(spaceId, copyFiles, work) {
      const kept = await current(spaceId, copyFiles)
      clearTimeout(kept.idle)
      kept.users++
      // Taken out and put back: the first of the map is the least recently used.
      copies.delete(spaceId)
      copies.set(spaceId, kept)
      for (const [oldest, other] of copies) if (copies.size > bounds.maxSqlCopies) await forget(oldest, other)
      try {
        return await work(kept)
      } finally {
        kept.users--
        if (kept.replaced && kept.users === 0) await remove(kept)
        else kept.idle = setTimeout(() => void forget(spaceId, kept), bounds.sqlCopyIdleMs).unref()
      }
    },
    async forget(spaceId) {
      const kept = copies.get(spaceId)
      if (kept !== undefined) await forget(spaceId, kept)
    },
    async stop() {
      for (const [spaceId, kept] of [...copies]) await forget(spaceId, kept)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const sameMoment = (a: Rest.AsOf, b: Rest.AsOf): boolean =>
  a.log_position === b.log_position && a.built_at === b.built_at
