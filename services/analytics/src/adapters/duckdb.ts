import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBMaterializedResult,
  JSDuckDBValueConverter,
} from '@duckdb/node-api'
import { inSpan } from '@pf/eventing'
import type { Query, Row } from '../application/ports.ts'

/** Whoever asked went away in the middle. */
export class ReadInterrupted extends Error {
  constructor(cause: unknown) {
    super('read_interrupted: whoever asked has gone; nothing is to be done.', { cause })
    this.name = 'ReadInterrupted'
  }
}

const question = { name: 'marts query', kind: 'client', attributes: { 'db.system.name': 'duckdb' } } as const

/** Each question throws ReadInterrupted once `signal` is aborted: those to come at once, the one under way as DuckDB lets go. */
export const queryOn =
  (connection: DuckDBConnection, signal?: AbortSignal): Query =>
  async (sql, values) => {
    if (signal?.aborted) throw new ReadInterrupted(signal.reason)
    try {
      return await inSpan(question, async () => rowsOf(await answerOf(connection, sql, values)))
    } catch (error) {
      throw signal?.aborted ? new ReadInterrupted(error) : error
    }
  }

/** One way to the worker threads and back to plan it, one to run it: what `run` with values does takes one more. */
async function answerOf(
  connection: DuckDBConnection,
  sql: string,
  values: Parameters<Query>[1],
): Promise<DuckDBMaterializedResult> {
  if (values === undefined) return connection.run(sql)
  const prepared = await connection.prepare(sql)
  try {
    prepared.bind(values)
    return await prepared.run()
  } finally {
    prepared.destroySync()
  }
}

/** The whole answer is in memory by now: reading it through its asynchronous reader goes to the worker threads twice more. */
function rowsOf(answer: DuckDBMaterializedResult): Row[] {
  const names = answer.deduplicatedColumnNames()
  const toJs = JSDuckDBValueConverter
  return Array.from({ length: answer.chunkCount }, (_, n) => answer.getChunk(n)).flatMap((chunk) =>
    Array.from({ length: chunk.rowCount }, (_, n) => {
      const row: Row = {}
      chunk.visitRowValues(n, (value, _row, column, type) => {
        row[names[column] ?? ''] = toJs(value, type, toJs)
      })
      return row
    }),
  )
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

export const parquet = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(quoted).join(', ')}], union_by_name = true, hive_partitioning = false)`

/** Not by `instanceof`: a native module's errors may come from another realm. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

export async function inTransaction<T>(
  connection: DuckDBConnection,
  begin: 'begin transaction' | 'begin transaction read only',
  work: () => Promise<T>,
): Promise<T> {
  await connection.run(begin)
  try {
    const result = await work()
    await connection.run('commit')
    return result
  } catch (error) {
    // The first error is the one that says what went wrong; a fatal one has ended the transaction already.
    await connection.run('rollback').catch(() => undefined)
    throw error
  }
}

const interruptAgainMs = 50

export type ReaderPool = {
  /** What runs on the connection when `signal` is aborted is interrupted; who waits for one then leaves: ReadInterrupted. */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T>
  close(): void
}

/** At most `limit` connections, opened when first needed; who finds none free waits in turn. */
export function readerPool(instance: DuckDBInstance, limit: number): ReaderPool {
  const free: DuckDBConnection[] = []
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  let opened = 0

  const take = async (signal?: AbortSignal): Promise<DuckDBConnection> => {
    if (signal?.aborted) throw new ReadInterrupted(signal.reason)
    const connection = free.pop()
    if (connection !== undefined) return connection
    if (opened < limit) {
      opened++
      return instance.connect()
    }
    const turn = Promise.withResolvers<DuckDBConnection>()
    waiting.push(turn.resolve)
    const leave = () => {
      const place = waiting.indexOf(turn.resolve)
      // Its turn may have come already: then the connection is given back as soon as it is seen.
      if (place >= 0) waiting.splice(place, 1)
      if (place >= 0) turn.reject(new ReadInterrupted(signal?.reason))
    }
    signal?.addEventListener('abort', leave)
    return turn.promise.finally(() => signal?.removeEventListener('abort', leave))
  }

  const give = (connection: DuckDBConnection): void => {
    const next = waiting.shift()
    if (next === undefined) free.push(connection)
    else next(connection)
  }

  return {
    async use(work, signal) {
      const connection = await take(signal)
      let again: NodeJS.Timeout | undefined
      const interrupt = () => {
        connection.interrupt()
        // DuckDB forgets it where the statement had not begun yet.
        again = setInterval(() => connection.interrupt(), interruptAgainMs)
      }
      signal?.addEventListener('abort', interrupt)
      try {
        return await work(connection)
      } catch (error) {
        // The interruption may strike what stands around the questions as well, the beginning of their transaction say.
        throw signal?.aborted && !(error instanceof ReadInterrupted) ? new ReadInterrupted(error) : error
      } finally {
        signal?.removeEventListener('abort', interrupt)
        clearInterval(again)
        give(connection)
      }
    },
    close() {
      // Only what nobody uses is closed, so all of them are free.
      for (const connection of free.splice(0)) connection.closeSync()
    },
  }
}
