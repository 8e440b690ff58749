import { openSpaces } from '@pf/analytics/testing'
import { lakeDatasets, lakeFile } from '@pf/storage/testing'
import { jsonLake } from './json-lake.ts'
import type { KeptAccount } from './ledger-oracle.ts'
import { expectThat } from './oracle-failure.ts'

const space = 'simulated'
type Figure = { accountId: string; month: string; rows: number; sumMinor: bigint }

/**
 * The real marts over the lake that a seed has left, its files written as storage writes them: by account and month they
 * count and sum what the bank says. With real files and a real DuckDB, so after the simulation and not within it.
 */
export async function expectMarts(accounts: readonly KeptAccount[]): Promise<void> {
  const spaces = await openSpaces({ maxOpenMarts: 1 })
  try {
    await spaces.load(space, filesOf(accounts))
    const found = await spaces.registry.read(space, (ask) => ask(figuresSql))
    const shown = (found ?? []).map((row) => Object.values(row).join(' ')).sort()
    const real = figuresOf(accounts).map((figure) => Object.values(figure).join(' '))
    const differing = [...new Set([...shown, ...real])].filter((text) => !shown.includes(text) || !real.includes(text))
    const differ = () => `${differing.length} figures differ, among them ${differing.slice(0, 4).join('; ')}`
    expectThat('the marts sum what the bank says', differing.length === 0 && real.length > 0, differ)
  } finally {
    await spaces.remove()
  }
}

/** Of each dataset one file with the rows of all that the manifests name. */
function filesOf(accounts: readonly KeptAccount[]): Parameters<Awaited<ReturnType<typeof openSpaces>>['load']>[1] {
  return lakeDatasets.flatMap((dataset) => {
    const { name } = dataset
    // No mart reads it.
    if (name === 'links') return []
    const bodies = accounts.flatMap(({ files }) => files.filter((file) => file.dataset === name))
    const columns = Object.keys(dataset.columns) as (keyof typeof dataset.columns & string)[]
    const rows = bodies.flatMap(({ body }) => jsonLake.read(dataset, body, columns))
    return rows.length === 0 ? [] : [{ ...lakeFile(dataset, rows), dataset: name }]
  })
}

const figuresSql = `
  select account_id, strftime(date, '%Y-%m') as month, count(*)::integer as rows, sum(amount_minor)::varchar as sum_minor
  from mart.main.fct_transactions
  where status = 'booked'
  group by all`

function figuresOf(accounts: readonly KeptAccount[]): Figure[] {
  const figures = accounts.flatMap(({ accountId, booked }) => {
    const byMonth = Map.groupBy(booked, ({ date }) => date.slice(0, 7))
    return [...byMonth].map(([month, rows]) => {
      const sumMinor = rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
      return { accountId, month, rows: rows.length, sumMinor }
    })
  })
  return figures.toSorted((a, b) => `${a.accountId} ${a.month}`.localeCompare(`${b.accountId} ${b.month}`))
}
