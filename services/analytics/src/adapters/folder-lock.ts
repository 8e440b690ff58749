import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { messageOf } from './duckdb.ts'

export class FolderInUse extends Error {
  readonly code = 'analytics_folder_in_use'

  constructor(folder: string, by: string) {
    super(
      `analytics_folder_in_use: found ${folder} in use by ${by}, expected to be alone on it; stop the other analytics or give one of them a PF_DATA_DIR of its own.`,
    )
    this.name = 'FolderInUse'
  }
}

export type FolderLock = {
  release(): void
  /**
   * Has DuckDB's allocator and the C library give back what they keep of freed memory, of all of the process: 150 MB after a
   * bank's whole history. DuckDB does so where it is told a limit; this instance is open as long as any other.
   */
  giveMemoryBack(): Promise<void>
}

/** Of a database that nothing is in. */
const limit = '64MB'

/** The kernel's lock is per process: it does not keep a process out of what it holds itself. */
const held = new Set<string>()

/**
 * One process per folder of marts, as long as it lives: the lock is the kernel's, on an empty database that DuckDB keeps
 * open, so nobody has to judge whether a lock that was left behind is stale. Throws FolderInUse.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  if (held.has(folder)) throw new FolderInUse(folder, 'this process')
  held.add(folder)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, 'in-use.duckdb')
    const instance = await openAlone(folder, path).catch((error: unknown) => {
      if (error instanceof FolderInUse) throw error
      // Nobody holds it and it cannot be read: a crash tore it when it was made. There is nothing in it.
      rmSync(path, { force: true })
      return openAlone(folder, path)
    })
    return {
      async giveMemoryBack() {
        const connection = await instance.connect()
        try {
          await connection.run(`set memory_limit = '${limit}'`)
        } finally {
          connection.closeSync()
        }
      },
      release() {
        if (held.delete(folder)) instance.closeSync()
      },
    }
  } catch (error) {
    held.delete(folder)
    throw error
  }
}

async function openAlone(folder: string, path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, { threads: '1', memory_limit: limit })
  } catch (error) {
    const holder = /Conflicting lock is held in .*?\(PID (\d+)\)/.exec(messageOf(error))
    throw holder === null ? error : new FolderInUse(folder, `process ${holder[1]}`)
  }
}
