import type { PassingBounds } from './application/sweep-passing.ts'
import type { CompactionBounds } from './domain/compaction.ts'
import type { SweepBounds } from './domain/sweeping.ts'

/** Every bound of tending the lake by name; `startStorage` takes others. */
export type LakeBounds = CompactionBounds &
  SweepBounds & {
    /** Between two rounds of compacting and sweeping, counted from the end of the one before. */
    tendEveryMs: number
    /** Between two sweeps, which list the whole lake. */
    sweepEveryMs: number
    /** Nothing is read or written as Parquet for so long: what packed a large file is let go. */
    parquetIdleMs: number
    /** Looked for in every round. */
    passingForMs: PassingBounds
  }

const hourMs = 3_600_000

export const defaultLakeBounds: LakeBounds = {
  compactFrom: 32,
  compactMaxFiles: 256,
  compactMaxRows: 50_000,
  compactMaxBytes: 16 * 1024 * 1024,
  tendEveryMs: hourMs / 6,
  sweepEveryMs: 6 * hourMs,
  parquetIdleMs: 500,
  replacedForMs: 24 * hourMs,
  orphanForMs: 24 * hourMs,
  // No request takes as long as that; a file of rows goes as slowly as its client takes it; analytics says until when an
  // export is there (its `exportsKeptDays`).
  passingForMs: { upload: hourMs, download: 24 * hourMs, export: 7 * 24 * hourMs },
}

/** Bounds of reading one statement file; of its bytes and rows see `limits` of @pf/providers/files. */
export type StatementBounds = {
  /** Heap of the process that reads it. */
  memoryMb: number
  /** From the start of the process to its answer. */
  deadlineMs: number
}

export const defaultStatementBounds: StatementBounds = { memoryMb: 1024, deadlineMs: 60_000 }
