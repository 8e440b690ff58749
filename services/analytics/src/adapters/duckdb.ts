import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Query } from '../application/ports.ts'

export const queryOn =
  (connection: DuckDBConnection): Query =>
  async (sql, values) =>
    (await connection.runAndReadAll(sql, values)).getRowObjectsJS()

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

export type ReaderPool = {
  use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
  close(): void
}

/** At most `limit` connections, opened when first needed; who finds none free waits in turn. */
export function readerPool(instance: DuckDBInstance, limit: number): ReaderPool {
  const free: DuckDBConnection[] = []
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  let opened = 0

  const take = async (): Promise<DuckDBConnection> => {
    const connection = free.pop()
    if (connection !== undefined) return connection
    if (opened < limit) {
      opened++
      return instance.connect()
    }
    const turn = Promise.withResolvers<DuckDBConnection>()
    waiting.push(turn.resolve)
    return turn.promise
  }

  const give = (connection: DuckDBConnection): void => {
    const next = waiting.shift()
    if (next === undefined) free.push(connection)
    else next(connection)
  }

  return {
    async use(work) {
      const connection = await take()
      try {
        return await work(connection)
      } finally {
        give(connection)
      }
    },
    close() {
      // Only what nobody uses is closed, so all of them are free.
      for (const connection of free.splice(0)) connection.closeSync()
    },
  }
}
