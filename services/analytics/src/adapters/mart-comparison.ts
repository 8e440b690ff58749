import type { Query } from '../application/ports.ts'
import type { Comparison } from '../domain/mart-rebuild.ts'
import { martDatasets } from './lake-tables.ts'
import { fingerprintOf } from './mart-digest.ts'
import type { Models } from './models.ts'

type Parts = { models: Models; maxRows: number }

const named = 100

/**
 * What two marts of the same models make of the same files, table by table; each query sees one moment of its own mart. Views say
 * the same of the same tables: they are looked at where a table differs, and the proof, which is views alone, once where none does.
 */
export async function compareMarts(
  before: Query,
  after: Query,
  { models, maxRows }: Parts,
): Promise<Omit<Comparison, 'storagePosition'>> {
  const ofBoth = async (relations: readonly string[]): Promise<Comparison['tables']> => {
    const digests: Comparison['tables'] = []
    for (const relation of relations) {
      const [old, fresh] = await Promise.all([before, after].map((ask) => fingerprintOf(ask, relation)))
      digests.push({ table: relation.replace(/^mart\.(main\.)?/, ''), before: old!, after: fresh! })
    }
    return digests
  }
  const made = models.models.filter(({ refresh }) => refresh !== 'view')
  const views = models.models.filter(({ name, refresh }) => refresh === 'view' && /^(dim|fct)_/.test(name))
  const tables = await ofBoth([
    ...martDatasets.map((dataset) => `mart.lake.${dataset}`),
    ...[...models.seeds, ...made].map(({ relation }) => relation),
  ])
  const isSame = tables.every(isEqual)
  const differs = tables.some((one) => one.table === 'fct_transactions' && !isEqual(one))
  return {
    tables: isSame ? tables : [...tables, ...(await ofBoth(views.map(({ relation }) => relation)))],
    sums: await sumsOf(before, after),
    proof: await proofOf(isSame ? after : before, after),
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
  const fresh = await proofDays(after)
  const old = before === after ? fresh : await proofDays(before)
  const statuses = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return statuses.map((status) => ({ status, before: old.get(status) ?? 0, after: fresh.get(status) ?? 0 }))
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
