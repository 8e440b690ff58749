import type { Rest } from '@pf/contracts'
import { accountNotFound, knownAccount } from './accounts.ts'
import type { MartRegistry } from './ports.ts'
import { whereOf } from './transaction-filter.ts'

export type ExportFormat = 'csv' | 'parquet'
type Column = { name: string; type: string; sql: string; csv?: string }

/** As many decimals as the currency has; a number in every program that reads CSV. */
const plainAmount = `case coalesce(currencies.decimals, 2)
  when 0 then cast(cast(amount as decimal(20, 0)) as varchar)
  when 2 then cast(cast(amount as decimal(20, 2)) as varchar)
  when 3 then cast(cast(amount as decimal(20, 3)) as varchar)
  else cast(amount as varchar) end`

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection): what banks and payers
 * write is not to be run. Amounts and dates are ours and stay what they are.
 */
const inert = (sql: string) =>
  `case when regexp_matches(${sql}, '^[=+\\-@\\t\\r\\n＝＋－＠]') then '''' || ${sql} else ${sql} end`
const text = (name: string, sql = name): Column => ({ name, type: 'varchar', sql, csv: inert(sql) })

const columns: readonly Column[] = [
  { name: 'id', type: 'uuid', sql: 'transaction_id' },
  { name: 'account_id', type: 'varchar', sql: 'rows.account_id' },
  text('account', 'accounts.name'),
  { name: 'date', type: 'date', sql: 'date' },
  { name: 'value_date', type: 'date', sql: 'value_date' },
  { name: 'amount', type: 'decimal(20, 4)', sql: 'amount', csv: plainAmount },
  { name: 'currency', type: 'varchar', sql: 'rows.currency' },
  text('description'),
  text('counterparty'),
  text('merchant'),
  text('category'),
  { name: 'status', type: 'varchar', sql: 'status' },
  { name: 'transfer_id', type: 'uuid', sql: 'transfer_id' },
]
/** Minor units are for programs, and CSV is not typed. */
const onlyParquet: readonly Column[] = [{ name: 'amount_minor', type: 'bigint', sql: 'amount_minor' }]

const columnsOf = (format: ExportFormat) => (format === 'csv' ? columns : [...columns, ...onlyParquet])
const options: Readonly<Record<ExportFormat, string>> = {
  csv: `format csv, header true, nullstr ''`,
  parquet: 'format parquet, compression zstd',
}
const copying = (select: string, path: string, format: ExportFormat) =>
  `copy (${select}) to '${path.replaceAll("'", "''")}' (${options[format]})`

/** The statement that writes a file without a row, typed as any other. */
export function copyOfNothing(path: string, format: ExportFormat): string {
  const typed = columnsOf(format).map(({ name, type }) => `cast(null as ${type}) as ${name}`)
  return copying(`select ${typed.join(', ')} limit 0`, path, format)
}

/**
 * Writes every row that the list has with these filters, newest first and of one moment, to the file. Answers how many;
 * undefined, and no file, where the space has no marts. Throws account_not_found.
 */
export async function copyRows(
  registry: MartRegistry,
  spaceId: string,
  filter: Rest.TransactionMonthsFilter,
  { path, format }: { path: string; format: ExportFormat },
): Promise<number | undefined> {
  const selected = columnsOf(format).map(
    ({ name, type, sql, csv }) => `${format === 'csv' ? (csv ?? sql) : `cast(${sql} as ${type})`} as ${name}`,
  )
  const select = (sql: string) => `
    select ${selected.join(', ')}
    from (select * from mart.main.fct_transactions where ${sql}) as rows
    left join mart.main.dim_accounts as accounts on accounts.account_id = rows.account_id
    left join mart.seed.currencies as currencies on currencies.currency = rows.currency
    order by date desc, transaction_id desc`
  const written = await registry.read(spaceId, async (ask, remember) => {
    await knownAccount(ask, filter.account_id)
    const { sql, values } = await whereOf(ask, remember, filter)
    const [row] = await ask(copying(select(sql), path, format), values)
    return Number(row?.['Count'])
  })
  if (written === undefined && filter.account_id !== undefined) throw accountNotFound()
  return written
}
