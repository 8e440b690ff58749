import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { openObjectStore } from '@pf/object-store'
import { lakeVersions, type MartDataset } from '../adapters/lake-tables.ts'
import { createMartRegistry } from '../adapters/mart-registry.ts'
import { loadModels } from '../adapters/models.ts'
import type { KnownFile, MartRegistry } from '../application/ports.ts'
import { type Bounds, defaultBounds } from '../bounds.ts'
import { type LakeFolder, openLakeFolder } from './lake.ts'

type Rows = Parameters<LakeFolder['write']>

export type LakeBytes = { dataset: MartDataset; bytes: Uint8Array; rows: number }

export type Spaces = {
  readonly registry: MartRegistry
  /** Everything lies in it. */
  readonly folder: string
  /** What the log names. */
  known(spaceId: string): readonly KnownFile[]
  /** Writes the rows to the lake and loads them, as one sync. */
  sync(spaceId: string, ...rows: Rows): Promise<void>
  /** Loads lake files as storage writes them, as one sync. */
  load(spaceId: string, files: readonly LakeBytes[]): Promise<void>
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

  async function load(spaceId: string, files: readonly LakeBytes[]): Promise<void> {
    seq++
    const fresh: KnownFile[] = []
    for (const { dataset, bytes, rows } of files) {
      const key = `lake/${dataset}-${seq}-${fresh.length}.parquet`
      await objects.put(key, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      fresh.push({ key, dataset, schemaVersion: lakeVersions[dataset], sha256, rowCount: rows, seq })
    }
    known.set(spaceId, [...(known.get(spaceId) ?? []), ...fresh])
    await registry.load(spaceId, fresh, seq)
  }

  return {
    registry,
    folder: lake.path,
    known: (spaceId) => known.get(spaceId) ?? [],
    async sync(spaceId, ...rows) {
      const files = await lake.write(...rows)
      await load(
        spaceId,
        files.map(({ dataset, path, rows }) => ({ dataset, bytes: readFileSync(path), rows })),
      )
    },
    load,
    async remove() {
      await registry.stop()
      lake.remove()
    },
  }
}
