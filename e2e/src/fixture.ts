import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { PutAway } from '@pf/auth/testing'
import type { Client } from './client.ts'
import { root } from './system.ts'

export const fixtures = join(root, 'e2e', 'fixtures')

/** A data folder that an earlier version left, and what it answered then. */
export type Fixture = {
  about: string
  madeOn: string
  credentials: { username: string; password: string }
  /** Who was erased before the folder was left; earlier ones had nobody erased. */
  erased?: { username: string; password: string }
  /** A token for scripts that its owner made; earlier versions knew none. */
  apiToken?: string
  /** Somebody whose log-in asks for a code of an app; earlier versions knew none. */
  twoSteps?: { username: string; password: string; secret: string }
  /** A device whose passkey signs the owner in; earlier versions knew none. */
  passkey?: PutAway
  /** Somebody who was moved to an installation at that address; earlier versions moved nobody. */
  moved?: { username: string; password: string; address: string }
  digests: Record<string, string>
}

type Kept = { of(client: Client): Promise<readonly object[]>; fields: readonly string[] }
const items = (path: string) => async (client: Client) => (await client.get<{ items: object[] }>(path)).items

/** What every later version has to answer the same; new fields may join an answer, and categories may become better. */
const kept: Readonly<Record<string, Kept>> = {
  transactions: {
    of: (client) => client.transactions(),
    fields: ['id', 'account_id', 'date', 'value_date', 'amount', 'description', 'counterparty', 'status'],
  },
  accounts: {
    of: (client) => client.accounts(),
    fields: [
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
  },
  cashFlow: {
    of: items('/analytics/cash-flow?interval=month'),
    fields: ['period', 'currency', 'in', 'out', 'net'],
  },
  held: { of: items('/held?limit=200'), fields: ['id', 'account_id', 'source', 'reason', 'payload', 'read'] },
  decidedHeld: { of: items('/held?decided=true&limit=200'), fields: ['id', 'account_id', 'reason', 'decision'] },
  imports: { of: items('/imports'), fields: ['id', 'format', 'status', 'observed', 'added', 'matched', 'held'] },
  netWorth: {
    of: items('/analytics/net-worth?interval=month'),
    fields: ['period', 'currency', 'assets', 'liabilities', 'net'],
  },
  proof: {
    of: async (client) => {
      const accounts = await client.accounts()
      const all = accounts.map(({ id }) => items(`/accounts/${id}/proof`)(client))
      return (await Promise.all(all)).flat()
    },
    fields: ['balance', 'from', 'to', 'opening', 'closing'],
  },
  preferences: { of: items('/preferences'), fields: ['key', 'value'] },
  tokens: { of: items('/auth/tokens'), fields: ['id', 'name', 'scopes', 'created_at'] },
  passkeys: { of: items('/auth/passkeys'), fields: ['id', 'name', 'created_at'] },
  queries: { of: items('/queries'), fields: ['id', 'name', 'sql'] },
  syncs: { of: items('/syncs?limit=200'), fields: ['id', 'account_id', 'observed', 'added', 'updated', 'unchanged'] },
  identity: {
    of: items('/identity/decisions'),
    fields: ['id', 'account_id', 'verdict', 'transaction_ids', 'decided_at', 'taken_back_at'],
  },
}

/**
 * SHA-256 over the sorted rows of each answer, of the fields that are kept. `names`: of the answers that there were when the
 * folder was left; all unless told.
 */
export async function digestsOf(client: Client, names = Object.keys(kept)): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const name of names) {
    const answer = kept[name]
    if (answer === undefined) throw new Error(`A fixture keeps the answer ${name}, and no answer has that name now.`)
    const rows = await answer.of(client)
    const lines = rows.map((row) =>
      JSON.stringify(answer.fields.map((field) => (row as Record<string, unknown>)[field] ?? null)),
    )
    const digest = createHash('sha256').update(lines.sort().join('\n')).digest('hex')
    digests[name] = `${rows.length} rows, ${digest}`
  }
  return digests
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
