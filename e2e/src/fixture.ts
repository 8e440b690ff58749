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

/** What every later version has to answer the same; new fields may join an answer, and categories may become better. */
const kept = {
  transactions: ['id', 'account_id', 'date', 'value_date', 'amount', 'description', 'counterparty', 'status'],
  accounts: [
    'id',
    'connection_id',
    'provider_account_id',
    'name',
    'kind',
    'currency',
    'iban_masked',
    'first_date',
    'last_date',
  ],
  cashFlow: ['period', 'currency', 'in', 'out', 'net'],
} as const

/** SHA-256 over the sorted rows of each answer, of the fields that are kept. */
export async function digestsOf(client: Client): Promise<Record<string, string>> {
  const answers: Record<keyof typeof kept, readonly object[]> = {
    transactions: await client.transactions(),
    accounts: await client.accounts(),
    cashFlow: (await client.get<{ items: object[] }>('/analytics/cash-flow?interval=month')).items,
  }
  const digest = (name: keyof typeof kept): [string, string] => {
    const rows = answers[name].map((row) => kept[name].map((field) => (row as Record<string, unknown>)[field]))
    const lines = rows.map((row) => JSON.stringify(row)).sort()
    return [name, `${rows.length} rows, ${createHash('sha256').update(lines.join('\n')).digest('hex')}`]
  }
  return Object.fromEntries([digest('transactions'), digest('accounts'), digest('cashFlow')])
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
