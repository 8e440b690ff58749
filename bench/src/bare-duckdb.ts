import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { quantile } from './report.ts'

export type Latency = { p50: number; p99: number }
export const latencyOf = (samples: readonly number[]): Latency => ({
  p50: quantile(samples, 0.5),
  p99: quantile(samples, 0.99),
})

/** One run of each; `run` gets its number, so that no two need ask the same. */
export async function measured(runs: number, run: (n: number) => Promise<unknown>): Promise<Latency> {
  const samples: number[] = []
  for (let n = 0; n < runs; n++) {
    const from = performance.now()
    await run(n)
    samples.push(performance.now() - from)
  }
  return latencyOf(samples)
}

export type Bare = {
  loadMs: number
  rows: number
  monthByCategory(runs: number): Promise<Latency>
  latest(runs: number): Promise<Latency>
  search(runs: number, words: readonly string[]): Promise<Latency>
  netWorth(runs: number): Promise<Latency>
  hundredRows(runs: number): Promise<Latency>
  close(): void
}

/**
 * What DuckDB itself takes on this machine at this moment: the same lake in one plain table of one file, the same questions
 * in SQL of a line, results fetched. No identity, no marts, no service: a bound, not a rival.
 */
export async function bareDuckdb(lake: string, folder: string): Promise<Bare> {
  const instance = await DuckDBInstance.create(join(folder, 'bare.duckdb'), { threads: '2' })
  const connection = await instance.connect()
  const ask = (sql: string) => async () => (await connection.runAndReadAll(sql)).getRowsJS()
  const from = performance.now()
  await connection.run(`create table plain as select observation_id, account_id, date, date_trunc('month', date) as month,
    amount_minor, currency, description, counterparty, mcc from read_parquet('${lake}/observations/**/*.parquet')`)
  await connection.run('checkpoint')
  const loadMs = performance.now() - from
  const [[rows] = []] = await ask('select count(*) from plain')()
  return {
    loadMs,
    rows: Number(rows),
    monthByCategory: (runs) =>
      measured(
        runs,
        ask('select month, mcc, currency, sum(amount_minor), count(*) from plain group by all order by all'),
      ),
    latest: (runs) => measured(runs, ask('select * from plain order by date desc, observation_id desc limit 50')),
    search: (runs, words) =>
      measured(runs, (n) =>
        ask(`select * from plain where contains(lower(description), '${words[n % words.length]}')
          order by date desc, observation_id desc limit 50`)(),
      ),
    netWorth: (runs) =>
      measured(
        runs,
        ask(`select month, sum(sum(amount_minor)) over (order by month) from plain group by month order by month`),
      ),
    hundredRows: (runs) => measured(runs, ask('insert into plain select * from plain limit 100')),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
