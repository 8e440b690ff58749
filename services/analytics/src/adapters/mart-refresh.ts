import type { DuckDBConnection } from '@duckdb/node-api'
import type { Query, Row } from '../application/ports.ts'
import { queryOn } from './duckdb.ts'
import type { Model, Models } from './models.ts'
import {
  noteRowsAfter,
  noteRowsBefore,
  replaced,
  takeUp,
  touchAmounts,
  touchDays,
  touchExchanges,
  touchMerchants,
  touchMonths,
  touchTransactions,
} from './touched.ts'

type Limited = keyof typeof replaced

/** Writes every mart anew; answers the months that it has, `YYYY-MM`. */
export async function refreshAll(writer: DuckDBConnection, { models }: Models): Promise<string[]> {
  for (const { relation, refresh, full } of models)
    if (refresh !== 'view' && refresh !== 'once') await rewrite(writer, relation, full)
  return monthsOf(
    await queryOn(writer)('select distinct cast(month as varchar) as month from mart.main.fct_transactions order by 1'),
  )
}

/**
 * Writes anew what the decisions of these Parquet files change, kind by kind: each reads what the one before has written.
 * Answers the months whose rows are not what they were. Gives just what `refreshAll` gives (marts.spec).
 */
export async function refreshTouched(
  writer: DuckDBConnection,
  { models }: Models,
  decisions: readonly string[],
): Promise<string[]> {
  const months = decisions.length === 0 ? [] : await refreshRows(writer, models, decisions)
  for (const { relation, refresh, full } of models) if (refresh === 'whole') await rewrite(writer, relation, full)
  return months
}

async function refreshRows(
  writer: DuckDBConnection,
  models: readonly Model[],
  decisions: readonly string[],
): Promise<string[]> {
  const { isAny, accounts, currencies } = await takeUp(writer, decisions)
  if (!isAny) return []
  const write = async (kind: Limited) => {
    for (const { relation, refresh, limited = '' } of models)
      if (refresh === kind) await rewrite(writer, relation, limited, `where ${replaced[kind]}`)
  }
  if (accounts > 1) {
    await touchAmounts(writer)
    await rewriteLegs(writer, models, 'amounts')
    if (currencies > 1) {
      await touchExchanges(writer)
      await rewriteLegs(writer, models, 'exchanges')
    }
  }
  await touchTransactions(writer)
  await noteRowsBefore(writer)
  await write('transactions')
  await noteRowsAfter(writer)
  await touchDays(writer)
  await write('days')
  const months = await touchMonths(writer)
  if (months.length > 0) await write('months')
  if (await touchMerchants(writer)) await write('merchants')
  return months
}

/** Of pairs mostly all stay: those that do are left alone, the others noted in `changed_legs`. */
async function rewriteLegs(writer: DuckDBConnection, models: readonly Model[], kind: Limited): Promise<void> {
  for (const { relation, refresh, limited } of models) {
    if (refresh !== kind) continue
    const [row] = await queryOn(writer)('select count(*) as legs from touched_transaction_id')
    const fresh = Number(row?.['legs']) > 0 ? limited : `select * from ${relation} limit 0`
    await writer.run(`
      create or replace temp table legs_before as select * from ${relation} where ${replaced[kind]};
      create or replace temp table legs_after as ${fresh};
      create or replace temp table other_legs as
      (from legs_before except from legs_after) union all (from legs_after except from legs_before);`)
    const [found] = await queryOn(writer)('select count(*) as legs from other_legs')
    if (Number(found?.['legs']) === 0) continue
    const isOther = 'transaction_id in (select transaction_id from other_legs)'
    await writer.run(`
      delete from ${relation} where ${isOther} and ${replaced[kind]};
      insert into ${relation} from legs_after where ${isOther};
      insert into changed_legs select transaction_id, date from other_legs;`)
  }
}

async function rewrite(writer: DuckDBConnection, relation: string, sql: string, where = ''): Promise<void> {
  await writer.run(`delete from ${relation} ${where}`)
  await writer.run(`insert into ${relation} by name ${sql}`)
}

export async function demoAccounts(ask: Query): Promise<string> {
  const rows = await ask(`
    select account_id from mart.lake.accounts
    group by account_id having arg_max(demo, described_at) order by account_id
  `)
  return rows.map((row) => row['account_id']).join()
}

const monthsOf = (rows: readonly Row[]): string[] => rows.map((row) => String(row['month']).slice(0, 7))
