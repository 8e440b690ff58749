/** What one question may take. */
export type SqlLimits = {
  rows: number
  /** Of the rows as JSON. */
  bytes: number
  /** DuckDB's own `memory_limit`. */
  memoryMb: number
  /** Of the whole process: DuckDB does not count everything. */
  processMemoryMb: number
  threads: number
}

export type ToChild =
  | { type: 'copy'; files: readonly { from: string; to: string }[] }
  | { type: 'ask'; path: string; sql: string; limits: SqlLimits }

export type SqlRefusal = 'query_invalid' | 'query_timeout' | 'query_too_large'

export type FromChild =
  | { type: 'copied' }
  /** `columns` and `rows` are JSON: they go to the caller as they are. */
  | { type: 'answer'; columns: string; rows: string; truncated: boolean }
  | { type: 'refused'; code: SqlRefusal; detail: string }
  /** Nothing that the asker did. */
  | { type: 'failed'; detail: string }
