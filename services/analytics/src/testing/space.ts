import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { openObjectStore } from '@pf/object-store'
import { lakeVersions } from '../adapters/lake-tables.ts'
import { createMartRegistry } from '../adapters/mart-registry.ts'
import { loadModels } from '../adapters/models.ts'
import type { KnownFile, MartRegistry } from '../application/ports.ts'
import { type Bounds, defaultBounds } from '../bounds.ts'
import { type LakeFolder, openLakeFolder } from './lake.ts'

type Rows = Parameters<LakeFolder['write']>

export type Spaces = {
  readonly registry: MartRegistry
  /** Everything lies in it. */
  readonly folder: string
  /** What the log names. */
  known(spaceId: string): readonly KnownFile[]
  /** Writes the rows to the lake and loads them, as one sync. */
  sync(spaceId: string, ...rows: Rows): Promise<void>
  remove(): Promise<void>
}

/** A registry over a lake and an object store in a temporary folder. */
export async function openSpaces(bounds: Partial<Bounds> = {}): Promise<Spaces> {
  const lake = await openLakeFolder()
  const objects = openObjectStore(pathToFileURL(join(lake.path, 'objects')).href)
  const known = new Map<string, KnownFile[]>()
  const registry = createMartRegistry({
    folder: join(lake.path, 'marts'),
    models: loadModels(),
    bounds: { ...defaultBounds, ...bounds },
    objects,
    manifest: async (spaceId) => known.get(spaceId) ?? [],
    clock: systemClock,
  })
  let seq = 0
  return {
    registry,
    folder: lake.path,
    known: (spaceId) => known.get(spaceId) ?? [],
    async sync(spaceId, ...rows) {
      seq++
      const files: KnownFile[] = []
      for (const { key, dataset, path, rows: rowCount } of await lake.write(...rows)) {
        const bytes = readFileSync(path)
        await objects.put(key, bytes)
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        files.push({ key, dataset, schemaVersion: lakeVersions[dataset], sha256, rowCount, seq })
      }
      known.set(spaceId, [...(known.get(spaceId) ?? []), ...files])
      await registry.load(spaceId, files, seq)
    },
    async remove() {
      await registry.stop()
      lake.remove()
    },
  }
}
