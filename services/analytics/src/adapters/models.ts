import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ownExchangeRates } from './exchange-rates.ts'
import { lakeTables } from './lake-tables.ts'

/** One model of the dbt project as dbt compiled it. */
export type Model = {
  name: string
  relation: string
  /** What a refresh does: nothing (a view; made once, of seeds), write all of it anew, or what is touched of these. */
  refresh: 'view' | 'once' | 'whole' | 'amounts' | 'exchanges' | 'transactions' | 'days' | 'months' | 'merchants'
  full: string
  /** Limited to what is touched, as analytics/macros/touched.sql has it. */
  limited: string | undefined
}

export type Models = {
  /** In the order in which they run. */
  models: readonly Model[]
  seeds: readonly { relation: string; path: string; columns: Readonly<Record<string, string>> }[]
  /** Hash of everything that a mart's content depends on besides the lake: a file built by another one is built anew. */
  version: string
}

/** Rises when loading itself changes what stands in a mart file. */
const loaderVersion = 3

/**
 * Reads `@pf/dbt`: the committed compilation and the seeds. `ratesFile` is the installation's own instead of the seed of
 * exchange rates, where it is there. Throws ExchangeRatesUnreadable.
 */
export function loadModels(ratesFile?: string): Models {
  const folder = dirname(dirname(createRequire(import.meta.url).resolve('@pf/dbt/compiled/models.json')))
  const hash = createHash('sha256').update(JSON.stringify([loaderVersion, lakeTables]))
  const read = (path: string): string => {
    const text = readFileSync(join(folder, path), 'utf8')
    hash.update(`${path}\n${text}`)
    return text
  }
  const listed = JSON.parse(read('compiled/models.json')) as {
    name: string
    schema: string
    refresh: Model['refresh']
  }[]
  const models = listed.map(({ name, schema, refresh }) => ({
    name,
    relation: `mart.${schema}.${name}`,
    refresh,
    full: read(`compiled/full/${name}.sql`),
    limited: ['view', 'once', 'whole'].includes(refresh) ? undefined : read(`compiled/touched/${name}.sql`),
  }))
  const rates = ratesFile === undefined ? undefined : ownExchangeRates(ratesFile)
  const seeds = Object.entries(seedColumns).map(([name, columns]) => {
    const relation = `mart.seed.${name}`
    if (name === 'exchange_rates' && rates !== undefined) {
      hash.update(rates.text)
      return { relation, path: rates.path, columns }
    }
    read(`seeds/${name}.csv`)
    return { relation, path: join(folder, 'seeds', `${name}.csv`), columns }
  })
  return { models, seeds, version: hash.digest('hex') }
}

const seedColumns = {
  currencies: { currency: 'VARCHAR', decimals: 'INTEGER' },
  exchange_rates: { date: 'DATE', from_currency: 'VARCHAR', to_currency: 'VARCHAR', rate: 'DECIMAL(18,9)' },
  user_decisions: {
    transaction_id: 'UUID',
    part: 'INTEGER',
    category: 'VARCHAR',
    amount_minor: 'BIGINT',
    note: 'VARCHAR',
    decided_at: 'TIMESTAMPTZ',
  },
  categories: { category: 'VARCHAR', name: 'VARCHAR', kind: 'VARCHAR', holds: 'VARCHAR' },
  category_rules: {
    priority: 'INTEGER',
    field: 'VARCHAR',
    direction: 'VARCHAR',
    pattern: 'VARCHAR',
    category: 'VARCHAR',
  },
}
