import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { martState } from '../application/as-of.ts'
import type { KnownFile, Loaded, Query, Read } from '../application/ports.ts'
import type { Bounds } from '../bounds.ts'
import { inTransaction, messageOf, queryOn, quoted, readerPool } from './duckdb.ts'
import { isReadWhenAsked } from './lake-tables.ts'
import { buildModels } from './mart-building.ts'
import { createTables, type LocalFile, loadFiles, type Refresh } from './mart-loading.ts'
import type { Models } from './models.ts'
import { createMemory } from './remembered.ts'

/** One space's marts: a DuckDB file attached as `mart` to an instance of its own. */
export interface MartFile {
  readonly path: string
  /** Grows with every transaction that writes: between two equal counts everything that is read is of one content. */
  readonly writes: number
  /** The hash of the models that built it. */
  version(): Promise<string | undefined>
  /** Keys of the lake files in it, also of those that others replaced since. */
  loadedKeys(): Promise<Set<string>>
  /** Everything that `work` asks is of one moment, whatever is being written. Throws ReadInterrupted once `signal` is aborted. */
  read<T>(work: Read<T>, signal?: AbortSignal): Promise<T>
  /**
   * Loads what is not in it yet, refreshes the marts and moves the position (a sequence of EVT_STORAGE) in one
   * transaction. One writer at a time.
   */
  load(
    files: readonly LocalFile[],
    position: number,
    now: Date,
    refresh?: Refresh,
    swaps?: readonly KnownFile[],
  ): Promise<Loaded>
  /** Every model anew of all that is loaded, up to this position: of marts that nobody asks yet. */
  build(position: number, now: Date): Promise<void>
  /** Nothing is written while `work` copies the files: the marts, and their write-ahead log where one is left. */
  still<T>(work: (files: readonly string[]) => Promise<T>): Promise<T>
  /** The write-ahead log goes into the file, which then stands alone; or one of a few nights stays beside it, for who opens it next. */
  close(leaving?: 'the file alone' | 'a small log'): Promise<void>
}

/**
 * Half of DuckDB's own: each of some twenty small tables takes a block, 2 MB of a space less. With a quarter a dictionary fits
 * into none, and 220,000 transactions take half as much again.
 */
const blockBytes = 131_072

/** Two instances on one file in one process open without an error in DuckDB 1.5 and lose writes. */
const openPaths = new Set<string>()

/** `unbuilt`: what is created has no models before they are built (`build`). */
type Options = { models: Models; bounds: Bounds; create?: boolean; unbuilt?: boolean }

/** Throws where the file is open already in this process or another, is no DuckDB file, or is broken. */
export async function openMartFile(
  path: string,
  { models, bounds, create = false, unbuilt = false }: Options,
): Promise<MartFile> {
  if (openPaths.has(path))
    throw new Error(`mart_open_twice: ${path} is open in this process; take it from the registry.`)
  openPaths.add(path)
  let instance: DuckDBInstance | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    instance = await DuckDBInstance.create(':memory:', {
      threads: String(bounds.threads),
      memory_limit: `${bounds.memoryLimitMb}MB`,
      // What a large sync took goes back to the system soon after it. Of the whole process, until any instance closes: see give-back.ts.
      allocator_background_threads: 'true',
      // A lake file is read once: its bytes would be kept until the limit is reached.
      enable_external_file_cache: 'false',
      temp_directory: `${path}.tmp`,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const writer = await instance.connect()
    await writer.run(`set global TimeZone = 'UTC'`)
    await writer.run(`attach ${quoted(path)} as mart ${create ? `(block_size ${blockBytes})` : ''}`)
    if (create) await createTables(writer, models, { unbuilt })
    return martFile(path, instance, writer, models, bounds)
  } catch (error) {
    instance?.closeSync()
    openPaths.delete(path)
    throw error
  }
}

function martFile(
  path: string,
  instance: DuckDBInstance,
  writer: DuckDBConnection,
  models: Models,
  bounds: Bounds,
): MartFile {
  const readers = readerPool(instance, bounds.maxReaders)
  const memory = createMemory(bounds.maxRemembered)
  let writing: Promise<unknown> = Promise.resolve()
  let writes = 0
  /** The one way to write. What failed counts as well: nobody knows what is there then. */
  const write = <T>(work: () => Promise<T>): Promise<T> =>
    inTransaction(writer, 'begin transaction', work).finally(() => void writes++)

  const read: MartFile['read'] = (work, signal) =>
    readers.use(
      (connection) =>
        inTransaction(connection, 'begin transaction read only', () => {
          const query = onceOfState(queryOn(connection, signal))
          return work(
            query,
            memory(() => changesOf(query)),
          )
        }),
      signal,
    )

  const load = async (
    files: readonly LocalFile[],
    position: number,
    now: Date,
    refresh: Refresh,
    swaps: readonly KnownFile[],
  ) => {
    return write(async () => {
      const loaded = await loadFiles(writer, models, files, refresh, swaps)
      // What is remembered is computed of tables that models are: a sync's log leaves it true.
      const isChange = loaded.files > 0 && !files.every(({ dataset }) => isReadWhenAsked(dataset))
      await moveTo(writer, position, now, { isChange })
      return loaded
    })
  }
  const checkpointWhereLong = async (): Promise<void> => {
    if (walBytes(path) > bounds.checkpointBytes) await checkpoint(writer)
  }

  return {
    path,
    get writes() {
      return writes
    },
    read,
    async version() {
      const [row] = await read((ask) => ask('select version from mart.meta.state'))
      return row?.['version'] as string | undefined
    },
    async loadedKeys() {
      const rows = await read((ask) =>
        ask('select key from mart.meta.files union all select key from mart.meta.replaced'),
      )
      return new Set(rows.map((row) => row['key'] as string))
    },
    load(files, position, now, refresh = 'touched', swaps: readonly KnownFile[] = []) {
      const mine = writing.then(() => load(files, position, now, refresh, swaps))
      // What is committed is in every answer: the next one to write waits for the checkpoint, and hears where it failed, not who
      // waits for these rows.
      writing = mine.then(checkpointWhereLong, () => undefined)
      writing.catch(() => undefined)
      return mine
    },
    build(position, now) {
      const mine = writing.then(async () => {
        await buildModels(readers, models)
        await write(() => moveTo(writer, position, now, { isChange: true }))
      })
      writing = mine.catch(() => undefined)
      return mine
    },
    still(work) {
      const mine = writing.then(async () => {
        await checkpoint(writer)
        return work([path, `${path}.wal`].filter((one) => existsSync(one)))
      })
      writing = mine.catch(() => undefined)
      return mine
    },
    async close(leaving = 'the file alone') {
      await writing.catch(() => undefined)
      try {
        readers.close()
        if (leaving === 'the file alone' || walBytes(path) > bounds.leftLogBytes) await writer.run('checkpoint mart')
        else await writer.run('pragma disable_checkpoint_on_shutdown')
        await writer.run('detach mart')
      } finally {
        writer.closeSync()
        instance.closeSync()
        openPaths.delete(path)
      }
    },
  }
}

async function moveTo(
  writer: DuckDBConnection,
  position: number,
  now: Date,
  { isChange }: { isChange: boolean },
): Promise<void> {
  await writer.run(
    `update mart.meta.state set storage_seq = greatest(storage_seq, $position), built_at = cast($now as timestamptz),
      changes = changes + $changed`,
    { position: BigInt(position), now: now.toISOString(), changed: isChange ? 1n : 0n },
  )
}

/** A snapshot is of one state, and each answer names it as well as what is remembered for it: asked for once. */
function onceOfState(query: Query): Query {
  let state: ReturnType<Query> | undefined
  return (sql, values) => {
    if (sql !== martState) return query(sql, values)
    state ??= query(sql)
    return state
  }
}

/** Files alone make the marts: how often some were added tells one content from another. Other names are no change. */
async function changesOf(query: Query): Promise<number> {
  const [row] = await query(martState)
  return Number(row?.['changes'])
}

/** While somebody reads it cannot be done; the next commit tries again. */
async function checkpoint(writer: DuckDBConnection): Promise<void> {
  try {
    await writer.run('checkpoint mart')
  } catch (error) {
    if (!messageOf(error).includes('Cannot CHECKPOINT')) throw error
  }
}

function walBytes(path: string): number {
  return statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0
}
