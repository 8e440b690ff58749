/** Every bound of this service by name; `startAnalytics` takes others. */
export type Bounds = {
  /** Spaces whose DuckDB file is open at a time; the least recently used one that is idle is closed. */
  maxOpenMarts: number
  /** Readers of one space at a time; further ones wait. */
  maxReaders: number
  /** DuckDB's `memory_limit` and `threads`, of each open mart: several questions share the processors, not the parts of one. */
  memoryLimitMb: number
  threads: number
  /** Threads that build a space's marts anew, at least. */
  buildThreads: number
  /** Storage messages taken into one transaction. */
  maxBatch: number
  /** Lake files loaded by one statement, when a mart is built anew. */
  maxFilesAtOnce: number
  /** How long a rebuild waits for the manifest to have read the log to its end. */
  manifestTimeoutMs: number
  /** How often it is looked whether memory has grown by so much since some was given back, or since it was least. */
  giveBackEveryMs: number
  giveBackFromMb: number
  /** Write-ahead log past which a commit is followed by a checkpoint. */
  checkpointBytes: number
  /** Write-ahead log that may stay beside marts that are closed: a checkpoint costs more than to read so much again. */
  leftLogBytes: number
  /** Answers that an open mart keeps until it changes. */
  maxRemembered: number
  /** Answers kept as bytes until the marts change, of all spaces together. */
  maxAnswerBytes: number
  /** Rows of one analytics answer. */
  maxRows: number
  /** Gaps of one answer, the newest, for which suspects are looked for. */
  maxGapsExplained: number
  /** Storage messages that the reaction holds at a time; those of one space share transactions. */
  maxInFlight: number
  /** Marts of before a switch: how long they are kept, and how many per space. */
  oldMartsKeptDays: number
  maxOldMarts: number
  /** Transactions looked at one by one where old and new marts differ. */
  maxComparedRows: number
  /** How long a file of everything is kept. Storage sweeps such objects after the same time. */
  exportsKeptDays: number
  /** Of a question in SQL: time from its turn to its answer, rows and bytes of that, and of its process DuckDB's limit and all. */
  sqlTimeoutMs: number
  sqlRows: number
  sqlBytes: number
  sqlMemoryMb: number
  sqlProcessMemoryMb: number
  /** Questions that are answered at a time (one per space), and that wait for their turn. */
  maxSqlProcesses: number
  maxSqlWaiting: number
  /** Copies of marts for questions: how many there are at most, and how long one is kept that nobody asks. */
  maxSqlCopies: number
  sqlCopyIdleMs: number
}

export const defaultBounds: Bounds = {
  maxOpenMarts: 8,
  maxReaders: 4,
  memoryLimitMb: 512,
  threads: 1,
  buildThreads: 2,
  maxBatch: 64,
  maxFilesAtOnce: 200,
  manifestTimeoutMs: 30_000,
  giveBackEveryMs: 1_000,
  giveBackFromMb: 24,
  checkpointBytes: 2 * 1024 * 1024,
  leftLogBytes: 32 * 1024,
  maxRemembered: 100,
  maxAnswerBytes: 4 * 1024 * 1024,
  maxRows: 20_000,
  maxGapsExplained: 20,
  maxInFlight: 32,
  oldMartsKeptDays: 30,
  maxOldMarts: 2,
  maxComparedRows: 500_000,
  exportsKeptDays: 7,
  sqlTimeoutMs: 20_000,
  sqlRows: 10_000,
  sqlBytes: 8 * 1024 * 1024,
  sqlMemoryMb: 256,
  sqlProcessMemoryMb: 768,
  maxSqlProcesses: 2,
  maxSqlWaiting: 8,
  maxSqlCopies: 4,
  sqlCopyIdleMs: 5 * 60_000,
}
