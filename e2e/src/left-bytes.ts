import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { join, relative } from 'node:path'

const pieceBytes = 8 * 1024 * 1024

/** Every file below a folder, those of `aside` left out. A file that goes while it is listed is none. */
function filesBelow(folder: string, aside: readonly string[] = []): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !aside.some((one) => relative(join(folder, one), path).split('/')[0] !== '..'))
}

/** Files that hold these bytes, whatever they are: relative to the folder. Pieces overlap, so that nothing hides at a seam. */
export function filesHolding(folder: string, marker: string, aside: readonly string[] = []): string[] {
  const wanted = Buffer.from(marker)
  const piece = Buffer.alloc(pieceBytes + wanted.length)
  const holds = (path: string): boolean => {
    let file: number
    try {
      file = openSync(path, 'r')
    } catch {
      return false
    }
    try {
      for (let at = 0; ; at += pieceBytes) {
        const read = readSync(file, piece, 0, piece.length, at)
        if (piece.subarray(0, read).includes(wanted)) return true
        if (read < piece.length) return false
      }
    } finally {
      closeSync(file)
    }
  }
  return filesBelow(folder, aside)
    .filter(holds)
    .map((path) => relative(folder, path))
}

/** Files and folders that are named for something: `raw/<space>/…`, `marts/<space>/mart.duckdb`. */
export function namedFor(folder: string, id: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(id))
}
