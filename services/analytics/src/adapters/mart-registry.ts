import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { DomainError } from '@pf/contracts'
import { asOf } from '../application/as-of.ts'
import type { KnownFile, MartRegistry } from '../application/ports.ts'
import { messageOf } from './duckdb.ts'
import { lacksLakeFile } from './lake-download.ts'
import { isReadWhenAsked } from './lake-tables.ts'
import type { MartFile } from './mart-file.ts'
import { MartOutOfStep } from './mart-names.ts'
import { loadInto, type MartParts, martPath, openMart, removeMart } from './mart-opening.ts'

/** One opening of a space's file. Once `ended` nobody enters it any more; the last one out closes it. */
type Slot = {
  /** No other opening of any space in this process has it. */
  number: number
  file: Promise<MartFile | undefined>
  opened: MartFile | undefined
  users: number
  lastUsed: number
  ended: boolean
  broken: boolean
  closed: PromiseWithResolvers<void>
}

export function createMartRegistry(parts: MartParts): MartRegistry {
  const slots = new Map<string, Slot>()
  /** Until it resolves the space's file may still be open. */
  const closing = new Map<string, Promise<void>>()
  const process = randomUUID()
  let openings = 0
  let uses = 0
  let stopped = false

  function enter(spaceId: string, coming?: readonly KnownFile[]): Slot {
    const known = slots.get(spaceId)
    if (known !== undefined) {
      // Somebody deleted the file: what is still open has no name any more.
      if (known.users > 0 || known.lastUsed === 0 || existsSync(martPath(parts, spaceId))) return known
      end(spaceId, known)
    }
    const file = (closing.get(spaceId) ?? Promise.resolve()).then(() => openMart(parts, spaceId, coming))
    const closed = Promise.withResolvers<void>()
    const slot: Slot = {
      number: ++openings,
      ...{ file, opened: undefined, users: 0, lastUsed: 0, ended: false, broken: false, closed },
    }
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
    await slot.file.then((file) => file?.close('a small log')).catch(() => undefined)
    if (slot.broken) await removeMart(martPath(parts, spaceId)).catch(() => undefined)
    if (closing.get(spaceId) === slot.closed.promise) closing.delete(spaceId)
    slot.closed.resolve()
  }

  function closeIdle(): void {
    const idle = [...slots].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [spaceId, slot] of idle) if (slots.size > parts.bounds.maxOpenMarts) end(spaceId, slot)
  }

  /** Undefined where there are no marts and none are `coming`. */
  async function use<T>(
    spaceId: string,
    work: (file: MartFile) => Promise<T>,
    coming?: readonly KnownFile[],
  ): Promise<T | undefined> {
    if (stopped) throw new Error('mart_registry_stopped: the service is stopping; ask again after its start.')
    const slot = enter(spaceId, coming)
    slot.users++
    slot.lastUsed = ++uses
    let file: MartFile | undefined
    try {
      file = await slot.file.catch((error: unknown) => {
        end(spaceId, slot)
        throw error
      })
      slot.opened = file
      if (file !== undefined) return await work(file)
      end(spaceId, slot)
    } catch (error) {
      if (isBroken(error)) {
        // A full disk ends the instance and leaves the file as it was: it is opened again, not thrown away.
        slot.broken = !isDiskFull(error)
        end(spaceId, slot)
      }
      throw error
    } finally {
      slot.users--
      if (slot.ended && slot.users === 0) void close(spaceId, slot)
      closeIdle()
    }
    return coming === undefined ? undefined : use(spaceId, work, coming)
  }

  return {
    async read(spaceId, work, signal) {
      try {
        return await use(spaceId, (file) => file.read(work, signal))
      } catch (error) {
        if (lacksLakeFile(error)) throw incomplete(error)
        if (!isBroken(error)) throw error
        // The question is asked again of what is opened, or built anew, in its place.
        return use(spaceId, (file) => file.read(work, signal))
      }
    },
    async load(spaceId, files, position) {
      // Closed marts are not opened for what is in no table of theirs: who opens them next loads what the log names.
      if (!slots.has(spaceId) && files.length > 0 && files.every(({ dataset }) => isReadWhenAsked(dataset)))
        return { files: 0, months: [] }
      const loaded = await use(spaceId, (file) => loadInto(parts, spaceId, file, files, position), files)
      return loaded ?? { files: 0, months: [] }
    },
    still: (spaceId, work) =>
      use(spaceId, (file) => file.still(async (files) => work(files, await file.read((ask) => asOf(ask))))),
    async replace(spaceId, swap) {
      const slot = slots.get(spaceId)
      if (slot !== undefined) end(spaceId, slot)
      const swapped = (closing.get(spaceId) ?? Promise.resolve()).then(swap)
      // Whatever comes of it, who asks next opens what is there then.
      const over = swapped.catch(() => undefined)
      closing.set(spaceId, over)
      await over
      if (closing.get(spaceId) === over) closing.delete(spaceId)
      return swapped
    },
    /**
     * Made of which opening this is and how often it wrote. A file has one opening at a time, everything that changes it
     * otherwise (a rebuild, an erasure, another replica) comes after that has ended, and no later one has its name.
     */
    contentOf(spaceId) {
      const slot = slots.get(spaceId)
      if (slot?.opened === undefined) return undefined
      const name = `${process} ${slot.number} ${slot.opened.writes}`
      return createHash('sha256').update(name).digest('base64url').slice(0, 22)
    },
    async close(whose) {
      for (const [spaceId, slot] of [...slots]) if (whose(spaceId)) end(spaceId, slot)
      await Promise.all([...closing].flatMap(([spaceId, closed]) => (whose(spaceId) ? closed : [])))
    },
    open: () => [...slots.keys()],
    async stop() {
      stopped = true
      for (const [spaceId, slot] of [...slots]) end(spaceId, slot)
      await Promise.all(closing.values())
    },
  }
}

/** DuckDB ends an instance at such an error: every later statement fails. Or the file does not fit the lake any more. */
function isBroken(error: unknown): boolean {
  return error instanceof MartOutOfStep || /FATAL|INTERNAL Error|has been invalidated|[Cc]orrupt/.test(messageOf(error))
}

/** Figures with a hole are worse than none. */
const incomplete = (cause: Error) =>
  new DomainError(
    'unavailable',
    'Files of the lake that the figures are made of are lost or changed, and no figure is shown without them. ' +
      'Restore them from a backup, or run: npm run replay -- --from raw.',
    { retryAfterSeconds: 60, cause },
  )

/** In the words of the operating system, which DuckDB passes on. */
function isDiskFull(error: unknown): boolean {
  return /No space left on device|File too large|[Qq]uota exceeded/.test(messageOf(error))
}
