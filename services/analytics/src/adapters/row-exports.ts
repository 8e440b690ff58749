import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Rest } from '@pf/contracts'
import { copyOfNothing, copyRows, type ExportFormat } from '../application/export-rows.ts'
import type { MartRegistry } from '../application/ports.ts'

/** What is in memory at a time, here and at who fetches it. */
const pieceBytes = 4 * 1024 * 1024

export interface RowExports {
  /** `take` gets the file's pieces; it is there as long. Answers how many rows it has. */
  write<T>(
    asked: { spaceId: string; id: string; filter: Rest.TransactionMonthsFilter; format: ExportFormat },
    take: (pieces: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<{ rows: number; taken: T }>
}

/** `folder`: nothing else is in it, and what a dead process left there goes at the start. */
export async function openRowExports(folder: string, registry: MartRegistry): Promise<RowExports> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    async write({ spaceId, id, filter, format }, take) {
      const path = join(folder, `${id}.${format}`)
      try {
        const rows = (await copyRows(registry, spaceId, filter, { path, format })) ?? (await writeNothing(path, format))
        return { rows, taken: await take(createReadStream(path, { highWaterMark: pieceBytes })) }
      } finally {
        await rm(path, { force: true })
      }
    },
  }
}

async function writeNothing(path: string, format: ExportFormat): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    await connection.run(copyOfNothing(path, format))
    connection.closeSync()
    return 0
  } finally {
    instance.closeSync()
  }
}
