import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { BackupRefused } from './refusals.ts'

export type WrittenFile = { name: string; bytes: number; sha256: string }

/** A file of a backup while it is written: nothing is kept in memory but what one write holds. */
export type FileWriter = {
  write(bytes: Uint8Array): Promise<void>
  /** One JSON document a line. */
  line(document: unknown): Promise<void>
  /** On disk when it resolves. */
  close(): Promise<WrittenFile>
}

/** Makes the folder of a backup. Throws BackupRefused where something lies in it already. */
export async function newFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await readdir(folder)
  if (found.length === 0) return
  throw new BackupRefused(
    'folder_not_empty',
    `${folder} holds ${found.length} files or folders already, for example ${found[0]}. Name a folder that is empty, or not there yet.`,
  )
}

export async function writeFile(folder: string, name: string): Promise<FileWriter> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  const digest = createHash('sha256')
  let bytes = 0
  const write = async (chunk: Uint8Array) => {
    digest.update(chunk)
    bytes += chunk.length
    await file.appendFile(chunk)
  }
  return {
    write,
    line: (document) => write(Buffer.from(`${JSON.stringify(document)}\n`)),
    async close() {
      await file.sync()
      await file.close()
      return { name, bytes, sha256: digest.digest('hex') }
    },
  }
}

export const chunksOf = (folder: string, name: string): AsyncIterable<Uint8Array> =>
  createReadStream(join(folder, name), { highWaterMark: 1024 * 1024 })

/** The documents of a file that `line` wrote. */
export async function* linesOf<T>(folder: string, name: string): AsyncGenerator<T> {
  const lines = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Number.POSITIVE_INFINITY })
  // Its checksum was compared: it is what was written.
  for await (const line of lines) yield JSON.parse(line) as T
}

/** Throws BackupRefused (`backup_damaged`) where the file is not what was written. */
export async function assertIntact(folder: string, { name, bytes, sha256 }: WrittenFile): Promise<void> {
  const digest = createHash('sha256')
  let found = 0
  try {
    for await (const chunk of chunksOf(folder, name)) {
      digest.update(chunk)
      found += chunk.length
    }
  } catch (cause) {
    throw damaged(`${name} cannot be read`, cause)
  }
  if (found !== bytes) throw damaged(`${name} has ${found} bytes, the manifest says ${bytes}`)
  const is = digest.digest('hex')
  if (is !== sha256) throw damaged(`${name} has SHA-256 ${is}, the manifest says ${sha256}`)
}

export const damaged = (found: string, cause?: unknown): BackupRefused =>
  new BackupRefused('backup_damaged', `The copy is damaged: ${found}. Take another one, or an older backup.`, {
    cause,
  })

export async function readText(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
}
