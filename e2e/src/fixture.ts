import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Client } from './client.ts'
import { root } from './system.ts'

export const fixtures = join(root, 'e2e', 'fixtures')

/** A data folder that an earlier version left, and what it answered then. */
export type Fixture = {
  about: string
  madeOn: string
  credentials: { username: string; password: string }
  digests: Record<string, string>
}

const routes = {
  accounts: '/accounts',
  spending: '/analytics/spending?group_by=month,category,account',
  cashFlow: '/analytics/cash-flow?interval=month',
}

/** SHA-256 over the sorted rows of each answer; what changes with every build (positions, times of reading) is left out. */
export async function digestsOf(client: Client): Promise<Record<string, string>> {
  const answers: Record<string, unknown[]> = { transactions: await client.transactions() }
  for (const [name, path] of Object.entries(routes))
    answers[name] = (await client.get<{ items: unknown[] }>(path)).items
  return Object.fromEntries(
    Object.entries(answers).map(([name, rows]) => {
      const lines = rows.map((row) => JSON.stringify(row)).sort()
      return [name, `${rows.length} rows, ${createHash('sha256').update(lines.join('\n')).digest('hex')}`]
    }),
  )
}

/** The folder of a stopped system as one file: without logs, and without the record of who ran. */
export async function pack(dataDir: string, file: string): Promise<void> {
  const tar = spawn('tar', ['-C', dataDir, '--exclude=./logs', '--exclude=./run', '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const level = { params: { [constants.ZSTD_c_compressionLevel]: 19 } }
  await pipeline(tar.stdout, createZstdCompress(level), createWriteStream(file))
}

export async function unpack(file: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const tar = spawn('tar', ['-C', dataDir, '-xpf', '-'], { stdio: ['pipe', 'inherit', 'inherit'] })
  const done = new Promise<void>((resolve, reject) => {
    tar.once('error', reject)
    tar.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`tar could not unpack ${file}: exit ${code}`)),
    )
  })
  await pipeline(createReadStream(file), createZstdDecompress(), tar.stdin)
  await done
}
