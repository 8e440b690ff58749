import type { Query } from '../application/ports.ts'
import type { Comparison } from '../domain/mart-rebuild.ts'
import { digestOf } from './mart-digest.ts'

type Parts = { tables: readonly string[]; maxRows: number }

const named = 100

/** What two marts make of the same files, table by table. Each query sees one moment of its own mart. */
export async function compareMarts(
  before: Query,
  after: Query,
  { tables, maxRows }: Parts,
): Promise<Omit<Comparison, 'storagePosition'>> {
  const digests: Comparison['tables'] = []
  for (const table of tables) {
    const [old, fresh] = await Promise.all([before, after].map((ask) => digestOf(ask, `mart.main.${table}`)))
    digests.push({ table, before: old!, after: fresh! })
  }
  const differs = digests.some((one) => one.table === 'fct_transactions' && !isEqual(one))
  return {
    tables: digests,
    sums: await sumsOf(before, after),
    proof: tables.includes('fct_proof_days') ? await proofOf(before, after) : [],
    transactions: differs ? await transactionsThatDiffer(before, after, maxRows) : [],
  }
}

const isEqual = ({ before, after }: Comparison['tables'][number]): boolean =>
  before.rows === after.rows && before.digest === after.digest

async function sumsOf(before: Query, after: Query): Promise<Comparison['sums']> {
  const [old, fresh] = await Promise.all([before, after].map(bookedSums))
  const currencies = [...new Set([...old!.keys(), ...fresh!.keys()])].sort()
  return currencies.map((currency) => ({
    currency,
    before: old!.get(currency) ?? null,
    after: fresh!.get(currency) ?? null,
  }))
}

async function bookedSums(ask: Query): Promise<Map<string, string>> {
  const rows = await ask(`
    select currency, cast(sum(amount_minor) as varchar) as sum
    from mart.main.fct_transactions where status = 'booked' group by currency`)
  return new Map(rows.map((row) => [String(row['currency']), String(row['sum'])]))
}

async function proofOf(before: Query, after: Query): Promise<Comparison['proof']> {
  const [old, fresh] = await Promise.all([before, after].map(proofDays))
  const statuses = [...new Set([...old!.keys(), ...fresh!.keys()])].sort()
  return statuses.map((status) => ({ status, before: old!.get(status) ?? 0, after: fresh!.get(status) ?? 0 }))
}

async function proofDays(ask: Query): Promise<Map<string, number>> {
  const rows = await ask('select status, count(*) as days from mart.main.fct_proof_days group by status')
  return new Map(rows.map((row) => [String(row['status']), Number(row['days'])]))
}

/** Some of them; none where there are too many rows to hold side by side. */
async function transactionsThatDiffer(before: Query, after: Query, maxRows: number): Promise<string[]> {
  const [old, fresh] = await Promise.all([before, after].map((ask) => hashesById(ask, maxRows)))
  const ids = new Set([...old!.keys(), ...fresh!.keys()])
  return [...ids].filter((id) => old!.get(id) !== fresh!.get(id)).slice(0, named)
}

async function hashesById(ask: Query, maxRows: number): Promise<Map<string, unknown>> {
  const rows = await ask(
    `select cast(transaction_id as varchar) as id, hash(to_json(one)) as hash
    from mart.main.fct_transactions as one order by transaction_id limit $maxRows`,
    { maxRows },
  )
  return new Map(rows.map((row) => [String(row['id']), row['hash']]))
}
