import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Random } from '../ports.ts'
import { systemRandom } from '../random.ts'
import type { LedgerPlace } from './erasure-ledger.ts'

const nameOf = (seq: number): string => `${String(seq).padStart(10, '0')}.json`
const seqOf = (name: string): number[] => {
  const found = /^(\d{10})\.json$/.exec(name)
  return found ? [Number(found[1])] : []
}
const ascending = (a: number, b: number) => a - b
const isCode = (error: unknown, code: string) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code

/**
 * One line per file, `0000000001.json` and so on: `cat *.json` is the ledger as JSON lines. A line is written whole beside its
 * place, then linked to it; link(2) refuses a name that is taken, between processes, too. No line is ever torn or changed.
 */
export function ledgerFolder(folder: string, random: Random = systemRandom): LedgerPlace {
  return {
    name: folder,
    async numbers() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return []
        throw error
      })
      return names.flatMap(seqOf).sort(ascending)
    },
    read: (seq) => readFile(join(folder, nameOf(seq)), 'utf8'),
    async write(seq, line) {
      if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder))
      const draft = join(folder, `.${Buffer.from(random.bytes(9)).toString('base64url')}.new`)
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(line)
        await file.sync()
      } finally {
        await file.close()
      }
      try {
        await link(draft, join(folder, nameOf(seq)))
      } catch (error) {
        if (isCode(error, 'EEXIST')) return false
        throw error
      } finally {
        await rm(draft, { force: true })
      }
      await syncFolder(folder)
      return true
    },
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What of an object store a ledger needs; @pf/object-store's has it. */
type Objects = {
  put(key: string, body: Uint8Array, options: { ifAbsent: boolean }): Promise<{ created: boolean }>
  get(key: string): Promise<Uint8Array>
  list(prefix: string): AsyncIterable<{ key: string }>
}

/** The same in a bucket or prefix of its own: one object per line, written only where there is none. */
export function ledgerObjects(objects: Objects, name: string): LedgerPlace {
  return {
    name,
    async numbers() {
      const numbers: number[] = []
      for await (const { key } of objects.list('')) numbers.push(...seqOf(key))
      return numbers.sort(ascending)
    },
    read: async (seq) => new TextDecoder().decode(await objects.get(nameOf(seq))),
    write: async (seq, line) =>
      (await objects.put(nameOf(seq), new TextEncoder().encode(line), { ifAbsent: true })).created,
  }
}

/** In this process' memory, for specs and simulations. */
export function ledgerInMemory(): LedgerPlace {
  const lines: string[] = []
  return {
    name: 'in memory',
    numbers: async () => lines.map((_, index) => index + 1),
    read: async (seq) => lines[seq - 1] ?? '',
    async write(seq, line) {
      if (seq !== lines.length + 1) return false
      lines.push(line)
      return true
    },
  }
}
