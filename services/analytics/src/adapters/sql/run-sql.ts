import { DomainError, refuse } from '@pf/contracts'
import type { SqlRows, SqlRunner } from '../../application/ports.ts'
import type { Bounds } from '../../bounds.ts'
import type { CopyFiles, MartCopies } from './mart-copies.ts'
import type { FromChild, SqlLimits } from './protocol.ts'
import { type SqlProcess, SqlProcessEnded, startSqlProcess } from './sql-process.ts'
import { createTurns } from './turns.ts'
import { tooLarge } from './words.ts'

/**
 * A process per question, on a read-only copy: limits and settings of DuckDB are per instance, so the writer's never sees
 * the owner's SQL, and what takes too long ends with its process.
 */
export function createSqlRunner(copies: MartCopies, bounds: Bounds): SqlRunner {
  const turns = createTurns({ atOnce: bounds.maxSqlProcesses, waiting: bounds.maxSqlWaiting })
  const running = new Set<Promise<unknown>>()
  const stopping = new AbortController()

  async function answer(spaceId: string, sql: string, caller: AbortSignal): Promise<SqlRows> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(tooLate(bounds.sqlTimeoutMs)), bounds.sqlTimeoutMs)
    const signal = AbortSignal.any([caller, late.signal])
    const child = startSqlProcess()
    const copyFiles: CopyFiles = async (files) => {
      expectType('copied', await child.tell({ type: 'copy', files }, signal))
    }
    try {
      return await copies.use(spaceId, copyFiles, async ({ path, asOf }) => {
        const said = await askOn(child, { path, sql, limits: limitsOf(bounds) }, signal)
        // Its hands are off the copy before somebody removes it.
        await child.end()
        return { ...said, asOf }
      })
    } finally {
      clearTimeout(timer)
      await child.end()
    }
  }

  return {
    async ask(spaceId, sql, caller) {
      const signal = AbortSignal.any([caller, stopping.signal])
      const mine = turns.take(spaceId, signal, () => answer(spaceId, sql, signal))
      running.add(mine)
      try {
        return await mine
      } finally {
        running.delete(mine)
      }
    },
    async stop() {
      stopping.abort(refuse('unavailable', 'Shutting down.'))
      await Promise.allSettled(running)
      await copies.stop()
    },
  }
}

async function askOn(
  child: SqlProcess,
  question: { path: string; sql: string; limits: SqlLimits },
  signal: AbortSignal,
): Promise<Omit<SqlRows, 'asOf'>> {
  const said = await child.tell({ type: 'ask', ...question }, signal).catch((error: unknown) => {
    // Nobody here killed it: it outgrew what the machine has.
    throw error instanceof SqlProcessEnded && error.signal !== null
      ? refuse('query_too_large', tooLarge().message)
      : error
  })
  if (said.type === 'refused') throw refuse(said.code, said.detail)
  const { columns, rows, truncated } = expectType('answer', said)
  return { columns, rows, truncated }
}

function expectType<T extends FromChild['type']>(type: T, said: FromChild): Extract<FromChild, { type: T }> {
  if (said.type === type) return said as Extract<FromChild, { type: T }>
  throw new Error(`sql_process_failed: expected ${type}, found ${said.type === 'failed' ? said.detail : said.type}.`)
}

const tooLate = (ms: number) =>
  new DomainError(
    'query_timeout',
    `It took longer than ${ms / 1000} s and was stopped. Ask for less, or more narrowly.`,
  )

const limitsOf = (bounds: Bounds): SqlLimits => ({
  rows: bounds.sqlRows,
  bytes: bounds.sqlBytes,
  memoryMb: bounds.sqlMemoryMb,
  processMemoryMb: bounds.sqlProcessMemoryMb,
  threads: bounds.threads,
})
