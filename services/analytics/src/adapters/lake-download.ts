import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { KnownFile } from '../application/ports.ts'
import { isMartDataset, isUnused, lakeVersions } from './lake-tables.ts'
import type { LocalFile } from './mart-loading.ts'

export class LakeFileUnreadable extends Error {
  readonly code = 'lake_file_unreadable'

  constructor(key: string, found: string, expected: string) {
    super(`lake_file_unreadable: ${key}: found ${found}, expected ${expected}; restore the object or replay storage.`)
    this.name = 'LakeFileUnreadable'
  }
}

/** What `withLocalFiles` throws of a file that is gone, or not what the log says: nothing else is wrong. */
export const lacksLakeFile = (error: unknown): error is Error =>
  error instanceof LakeFileUnreadable || error instanceof ObjectNotFound

/**
 * Brings files to local disk, checks their SHA-256, hands them to `work` and deletes them again. Datasets that no mart
 * reads are left out. Throws LakeFileUnreadable, ObjectNotFound.
 */
export async function withLocalFiles<T>(
  objects: ObjectStore,
  files: readonly KnownFile[],
  folder: string,
  work: (local: LocalFile[]) => Promise<T>,
): Promise<T> {
  const mine = join(folder, randomUUID())
  await mkdir(mine, { recursive: true, mode: 0o700 })
  try {
    const local: LocalFile[] = []
    for (let n = 0; n < files.length; n += readsInFlight) {
      const some = files
        .slice(n, n + readsInFlight)
        .map((file, i) => bring(objects, file, join(mine, `${n + i}.parquet`)))
      // All are over before what is here is removed.
      for (const one of await Promise.allSettled(some)) {
        if (one.status === 'rejected') throw one.reason
        if (one.value !== undefined) local.push(one.value)
      }
    }
    return await work(local)
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
}

/** A sync's file is small: what it takes is the way to the object store and back. */
const readsInFlight = 8

async function bring(
  objects: ObjectStore,
  { key, dataset, schemaVersion, sha256, rowCount, seq, replaces = [] }: KnownFile,
  path: string,
): Promise<LocalFile | undefined> {
  if (!isMartDataset(dataset) || isUnused(dataset, schemaVersion)) return undefined
  if (schemaVersion !== lakeVersions[dataset])
    throw new LakeFileUnreadable(key, `schema version ${schemaVersion}`, `${lakeVersions[dataset]}`)
  const bytes = await objects.get(key)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) throw new LakeFileUnreadable(key, `SHA-256 ${found}`, sha256)
  await writeFile(path, bytes, { mode: 0o600 })
  return { key, dataset, path, sha256, rows: rowCount, storageSeq: seq, replaces }
}
