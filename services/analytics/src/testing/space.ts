import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
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

/** A registry over a lake and an object store in a temporary folder. `rates`: lines of the installation's exchange rates. */
export async function openSpaces(bounds: Partial<Bounds> = {}, rates: readonly string[] = []): Promise<Spaces> {
  const lake = await openLakeFolder()
  const objects = openObjectStore(pathToFileURL(join(lake.path, 'objects')).href)
  const ratesFile = join(lake.path, 'exchange_rates.csv')
  if (rates.length > 0) writeFileSync(ratesFile, ['date,from_currency,to_currency,rate', ...rates, ''].join('\n'))
  const known = new Map<string, KnownFile[]>()
  const registry = createMartRegistry({
    folder: join(lake.path, 'marts'),
    models: loadModels(ratesFile),
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
