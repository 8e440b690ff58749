import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErasureMark } from '@pf/service-kit'

/** How far this replica's files have followed the erasure ledger: a file among them. A folder that was put back is as old as it. */
export function folderMark(folder: string): ErasureMark {
  const path = join(folder, 'erasures-followed')
  return {
    async read() {
      const said = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '0'
        throw error
      })
      return Number(said)
    },
    async write(seq) {
      await writeFile(`${path}.new`, String(seq), { mode: 0o600 })
      await rename(`${path}.new`, path)
    },
  }
}
