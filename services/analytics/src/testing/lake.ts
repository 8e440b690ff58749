import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { lakeTables, type MartDataset, martDatasets } from '../adapters/lake-tables.ts'
import type { LocalFile } from '../adapters/mart-loading.ts'

type LakeRows = Partial<Record<MartDataset, object[]>>

/** `7` → `00000000-0000-8000-8000-000000000007`. */
export const uuid = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`

export type Said = {
  /** Transaction number. */
  id: number
  account?: string
  date: string
  /** Minor units. */
  minor: number
  currency?: string
  text?: string
  counterparty?: string | null
  mcc?: string | null
  bankCode?: string
  /** A foreign payment as it was made: minor units and currency. */
  original?: [minor: number, currency: string]
  status?: 'booked' | 'pending' | 'gone'
  valueDate?: string | null
  /** Of the decision; later ones speak for the transaction. */
  seq?: number
  prevDate?: string | null
  missing?: boolean
  /** What the decision did; `new` unless it moved the transaction from another day. */
  kind?: string
  observedAt?: string
  source?: string
}

let observationNumber = 0

/** What a bank said of one transaction and what was decided: one observation and one decision. */
export function said({ id, account = 'current', date, minor, currency = 'GBP', ...rest }: Said): LakeRows {
  const observation_id = uuid(900_000_000_000 + ++observationNumber)
  return {
    observations: [
      {
        observation_id,
        date,
        value_date: rest.valueDate ?? null,
        amount: minor / (({ JPY: 1, KWD: 1000 } as Record<string, number>)[currency] ?? 100),
        description: rest.text ?? `ROW ${id}`,
        counterparty: rest.counterparty ?? null,
        bank_code: rest.bankCode ?? null,
        mcc: rest.mcc ?? null,
        observed_at: rest.observedAt ?? '2026-01-01T08:00:00Z',
        source: rest.source ?? 'gocardless',
        original_amount_minor: rest.original?.[0] ?? null,
        original_currency: rest.original?.[1] ?? null,
      },
    ],
    decisions: [
      {
        account_id: account,
        decision_seq: rest.seq ?? id,
        transaction_id: uuid(id),
        observation_id,
        kind: rest.kind ?? (rest.prevDate === undefined ? 'new' : 'changed'),
        status: rest.status ?? 'booked',
        missing_upstream: rest.missing ?? false,
        date,
        amount_minor: minor,
        currency,
        prev_date: rest.prevDate ?? null,
      },
    ],
  }
}

export const account = (account_id: string, overrides: object = {}): LakeRows => ({
  accounts: [
    {
      account_id,
      connection_id: uuid(1),
      described_at: '2026-01-01T08:00:00Z',
      name: `${account_id} account`,
      kind: 'current',
      currency: 'GBP',
      iban_masked: '1234',
      institution_id: 'BANK',
      institution_name: 'Bank',
      institution_logo: '',
      time_zone: 'Europe/London',
      demo: false,
      ...overrides,
    },
  ],
})

export const balance = (account_id: string, minor: number, fetchedAt: string, overrides: object = {}): LakeRows => ({
  balances: [
    {
      account_id,
      fetched_at: fetchedAt,
      bank_now: fetchedAt,
      balance_type: 'interimBooked',
      amount_minor: minor,
      currency: 'GBP',
      reference_date: null,
      credit_limit_included: false,
      ...overrides,
    },
  ],
})

/** A row that waits for the user. */
export const held = (
  account_id: string,
  id: number,
  minor: number | null,
  observedAt: string,
  over: object = {},
): LakeRows => ({
  held: [
    {
      account_id,
      held_id: uuid(id),
      kind: 'held',
      observed_at: observedAt,
      date: null,
      amount_minor: minor,
      currency: 'GBP',
      ...over,
    },
  ],
})

export type LakeFolder = {
  /** One file per dataset that has rows. */
  write(...rows: LakeRows[]): Promise<LocalFile[]>
  readonly path: string
  remove(): void
}

/** Small Parquet files as the lake has them, written by DuckDB. */
export async function openLakeFolder(): Promise<LakeFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-lake-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  let seq = 0
  return {
    path: folder,
    async write(...all) {
      seq++
      const files: LocalFile[] = []
      for (const dataset of martDatasets) {
        const rows = all.flatMap((one) => one[dataset] ?? [])
        if (rows.length === 0) continue
        const name = `${dataset}-${randomUUID()}`
        const json = join(folder, `${name}.json`)
        const path = join(folder, `${name}.parquet`)
        writeFileSync(json, rows.map((row) => JSON.stringify(row)).join('\n'))
        // Ids are text in the lake.
        const types = Object.entries(lakeTables[dataset]).map(([column, type]) => [
          column,
          type === 'UUID' ? 'VARCHAR' : type,
        ])
        const columns = types.map(([column, type]) => `${column}: '${type}'`).join(', ')
        await connection.run(
          `copy (select * from read_json('${json}', format = 'newline_delimited', columns = {${columns}})) to '${path}' (format parquet, compression zstd)`,
        )
        files.push({ key: `lake/${name}.parquet`, dataset, path, sha256: '', rows: rows.length, storageSeq: seq })
      }
      return files
    },
    remove() {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
