import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createCommandHandler, encodePosition, type Reaction, type ReadModel, type Running } from '@pf/eventing'
import {
  commandHandling,
  type Platform,
  type PlatformConfig,
  type Service,
  schedule,
  shardOf,
  startProjections,
  startReaction,
  startService,
} from '@pf/service-kit'
import { createExportFiles } from './adapters/data-export-files.ts'
import { describeDatasets } from './adapters/dataset-descriptions.ts'
import { type FolderLock, lockFolder } from './adapters/folder-lock.ts'
import { folderMark } from './adapters/folder-mark.ts'
import { type Manifest, type MartParts, spaceFolder } from './adapters/mart-opening.ts'
import { createMartBuilder, removeOldMartsOfAll } from './adapters/mart-rebuilds.ts'
import { createMartRegistry } from './adapters/mart-registry.ts'
import { loadModels } from './adapters/models.ts'
import { openRowExports } from './adapters/row-exports.ts'
import { openMartCopies } from './adapters/sql/mart-copies.ts'
import { createSqlRunner } from './adapters/sql/run-sql.ts'
import { AnalyticsController } from './analytics-controller.ts'
import { createDataExports } from './application/data-exports.ts'
import { type EraseMartsParts, eraseManifest, removeMarts } from './application/erase-marts.ts'
import { giveBack } from './application/give-back.ts'
import { KeptAnswers } from './application/kept-answers.ts'
import { createMaterialiser } from './application/materialise.ts'
import type { MartRegistry } from './application/ports.ts'
import { createRebuilder } from './application/rebuild-marts.ts'
import { createSavedQueries } from './application/saved-queries.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { dataExports } from './domain/data-exports.ts'
import { mart } from './domain/mart.ts'
import { martRebuild } from './domain/mart-rebuild.ts'
import { queryBook } from './domain/query-book.ts'
import { ExportsController } from './exports-controller.ts'
import { MartsController } from './marts-controller.ts'
import { exportRequested } from './reactions/export-requested.ts'
import { materialiseStored } from './reactions/materialise-stored.ts'
import { rebuildStarted } from './reactions/rebuild-started.ts'
import { type LakeFileRow, lakeFiles, standingFiles } from './read/lake-files.ts'
import { SqlController } from './sql-controller.ts'

export type AnalyticsOptions = { bounds?: Partial<Bounds> }

/** Marts of all spaces under `PF_MARTS_DIR`, alone there; answers `svc.analytics.<shard>.*` of the shards that it leases. Throws FolderInUse. */
export async function startAnalytics(platform: Platform, options: AnalyticsOptions = {}): Promise<Service> {
  const folder = platform.config.martsDir
  const lock = await lockFolder(folder)
  try {
    return await startOn(folder, lock, platform, { ...boundsOf(platform.config), ...options.bounds })
  } catch (error) {
    lock.release()
    throw error
  }
}

function boundsOf({ martsOpen, martMemoryMb, martThreads, sqlTimeoutMs, sqlMemoryMb }: PlatformConfig): Bounds {
  return {
    ...defaultBounds,
    maxOpenMarts: martsOpen,
    memoryLimitMb: martMemoryMb,
    threads: martThreads,
    sqlTimeoutMs,
    sqlMemoryMb,
    // DuckDB does not count all that it takes, and Node takes some.
    sqlProcessMemoryMb: 2 * sqlMemoryMb + 256,
  }
}

async function startOn(folder: string, lock: FolderLock, platform: Platform, bounds: Bounds): Promise<Service> {
  const { clock, logger, objects } = platform
  const views = await startProjections(platform, { lakeFiles })
  const models = loadModels(platform.config.exchangeRatesFile)
  const parts: MartParts = {
    folder,
    models,
    bounds,
    objects,
    manifest: manifestOf(platform, views.lakeFiles.reader, bounds),
    clock,
    onRebuild: (spaceId, reason) => logger.info({ spaceId, reason }, 'marts are built anew from the lake'),
    onBehind: (spaceId, files) => logger.warn({ spaceId, files }, 'marts lack files that the log names: loading them'),
    onUnreadable: (spaceId, error) => logger.error({ spaceId, err: error }, 'marts go on without a lake file'),
  }
  const registry = createMartRegistry(parts)
  const answers = new KeptAnswers({ contentOf: registry.contentOf, maxBytes: bounds.maxAnswerBytes })
  await removeOldMartsOfAll(parts)
  const handling = commandHandling(platform)
  const marts = createCommandHandler(mart, handling)
  const materialise = createMaterialiser({ registry, marts, clock, maxBatch: bounds.maxBatch })
  const rebuilder = createRebuilder({
    builder: createMartBuilder({ ...parts, registry }),
    rebuilds: createCommandHandler(martRebuild, handling),
    clock,
    keptDays: bounds.oldMartsKeptDays,
  })
  const books = createCommandHandler(queryBook, handling)
  const rowExports = await openRowExports(join(folder, 'exports'), registry)
  const exporting = createDataExports({
    files: createExportFiles({ objects, keys: platform.keys, manifest: parts.manifest, rows: rowExports }),
    exports: createCommandHandler(dataExports, handling),
    clock,
    keptDays: bounds.exportsKeptDays,
  })
  const copies = await openMartCopies({ folder: join(folder, 'copies'), registry, models, bounds })
  const sql = createSqlRunner(copies, bounds)
  const givingBack = { name: 'give-memory-back', everyMs: bounds.giveBackEveryMs, run: giveBack(lock, bounds) }
  const erasing: EraseMartsParts = {
    views: { lakeFiles: views.lakeFiles.reader },
    erase: { lakeFiles: (of) => platform.readModels.erase(lakeFiles, of) },
    registry,
    removeFiles: (spaceId) => rm(spaceFolder(parts, spaceId), { recursive: true, force: true }),
    copies,
    answers,
  }
  return startService(platform, {
    name: 'analytics',
    controllers: [AnalyticsController, ExportsController, MartsController, SqlController],
    providers: [
      { provide: 'sql', useValue: sql },
      { provide: 'rebuilder', useValue: rebuilder },
      { provide: 'models-version', useValue: models.version },
      { provide: 'saved-queries', useValue: createSavedQueries({ books, clock }) },
      { provide: 'dataset-descriptions', useValue: once(() => describeDatasets(models)) },
      { provide: 'registry', useValue: registry },
      { provide: 'row-exports', useValue: rowExports },
      { provide: 'data-exports', useValue: exporting },
      { provide: 'passing', useValue: { objects, keys: platform.keys } },
      { provide: KeptAnswers, useValue: answers },
      { provide: 'bounds', useValue: bounds },
    ],
    projections: views,
    erasing: {
      context: 'analytics',
      // What they say of a connection's accounts is ids and months alone, and a space's marts live on.
      aggregatesOf: async () => [],
      shared: async (scope) => {
        const files = scope.of === 'connection' ? await exporting.removeAll(scope.spaceId) : 0
        return files + (await eraseManifest(erasing, scope))
      },
      own: (scope, kind) => removeMarts(erasing, scope, kind),
      ownMark: folderMark(folder),
    },
    // Stopped last to first, after what asks: the bus, the reaction, the registry, and then the folder is free.
    running: [{ stop: async () => lock.release() }, schedule(platform, givingBack), registry, sql],
    holdShard: (shard) =>
      openShard(platform, shard, registry, [
        materialiseStored(materialise, bounds.maxInFlight),
        rebuildStarted(rebuilder.run),
        exportRequested(exporting.run),
      ]),
  })
}

/**
 * What is stored for the shard's spaces reaches their marts as long as it is ours; then their files are closed. Each shard has
 * durable consumers of its own, so that what was not acknowledged here comes to whoever holds it next.
 */
async function openShard(
  platform: Platform,
  shard: string,
  registry: MartRegistry,
  reactions: readonly Reaction[],
): Promise<Running> {
  const count = platform.config.analyticsShards
  const spaces = (spaceId: string) => shardOf(spaceId, count) === shard
  const running: Running[] = []
  const stop = async () => {
    for (const one of running.splice(0)) await one.stop()
    await registry.close(spaces)
  }
  try {
    for (const reaction of reactions) {
      const mine = count === 1 ? reaction : { ...reaction, name: `${reaction.name}-${shard}-of-${count}`, spaces }
      running.push(await startReaction(platform, mine))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

/** Made when first asked for; a failure is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** What the log holds by now, not what the read model happens to show. */
function manifestOf(platform: Platform, reader: ReadModel<LakeFileRow>, bounds: Bounds): Manifest {
  return async (spaceId) => {
    const { lastSeq } = await platform.eventLog.info('storage')
    const caughtUp = await reader.caughtUpTo(encodePosition({ storage: lastSeq }), bounds.manifestTimeoutMs)
    if (!caughtUp)
      throw new Error(
        `manifest_behind: the read model lake_files has not reached ${lastSeq} of EVT_STORAGE within ${bounds.manifestTimeoutMs} ms.`,
      )
    return standingFiles(await reader.find({ where: { spaceId }, orderBy: [{ column: 'seq' }, { column: 'key' }] }))
  }
}
