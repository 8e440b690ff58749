import type { DuckDBConnection } from '@duckdb/node-api'
import type { Query, Row } from '../application/ports.ts'
import { queryOn } from './duckdb.ts'
import type { Model, Models } from './models.ts'
import {
  factsOfFresh,
  monthsAndMerchants,
  noteRowsAfter,
  noteRowsBefore,
  replaced,
  takeUp,
  touchAmounts,
  touchDays,
  touchExchanges,
  touchMonths,
  touchTransactions,
} from './touched.ts'

type Limited = keyof typeof replaced

/** Writes every mart anew; answers the months that it has, `YYYY-MM`. */
export async function refreshAll(writer: DuckDBConnection, { models }: Models): Promise<string[]> {
  for (const { relation, refresh, full } of models)
    if (refresh !== 'view' && refresh !== 'once') await writer.run(anew(relation, full))
  return monthsOf(
    await queryOn(writer)('select distinct cast(month as varchar) as month from mart.main.fct_transactions order by 1'),
  )
}

/**
 * Writes anew what the decisions of these Parquet files change, kind by kind: each reads what the one before has written.
 * Answers the months whose rows are not what they were. Gives just what `refreshAll` gives (mart-refresh.spec).
 */
export async function refreshTouched(
  writer: DuckDBConnection,
  { models }: Models,
  decisions: readonly string[],
): Promise<string[]> {
  const written = decisions.length === 0 ? nothing : await refreshRows(writer, models, decisions)
  const whole = models.flatMap(({ relation, refresh, full }) => (refresh === 'whole' ? [anew(relation, full)] : []))
  await writer.run([...written.left, ...whole].join(''))
  return written.months
}

/** `left`: SQL that is still to be run, in the same way to the worker threads as what follows. */
type Written = { months: string[]; left: string[] }
const nothing: Written = { months: [], left: [] }

async function refreshRows(
  writer: DuckDBConnection,
  models: readonly Model[],
  decisions: readonly string[],
): Promise<Written> {
  const ask = queryOn(writer)
  const write = (kind: Limited): string =>
    models
      .flatMap(({ relation, refresh, limited = '' }) =>
        refresh === kind ? [anew(relation, limited, `where ${replaced[kind]}`)] : [],
      )
      .join('')
  await writer.run(takeUp(decisions))
  const [facts] = await ask(factsOfFresh)
  if (facts?.['fresh'] === 0n) return nothing
  if (Number(facts?.['accounts']) > 1) {
    await rewriteLegs(writer, models, 'amounts', touchAmounts)
    if (Number(facts?.['currencies']) > 1) await rewriteLegs(writer, models, 'exchanges', touchExchanges)
  }
  await writer.run(
    [
      ...[touchTransactions, noteRowsBefore, write('transactions'), noteRowsAfter],
      ...[touchDays, write('days'), touchMonths],
    ].join(''),
  )
  const [found] = await ask(monthsAndMerchants)
  const months = found?.['months'] as string[]
  return {
    months,
    left: [months.length > 0 ? write('months') : '', Number(found?.['merchants']) > 0 ? write('merchants') : ''],
  }
}

/** Of pairs mostly all stay: those that do are left alone, the others noted in `changed_legs`. */
async function rewriteLegs(
  writer: DuckDBConnection,
  models: readonly Model[],
  kind: Limited,
  touchLegs: string,
): Promise<void> {
  const ask = queryOn(writer)
  await writer.run(touchLegs)
  for (const { relation, refresh, limited } of models) {
    if (refresh !== kind) continue
    const [touched] = await ask('select count(*) as legs from touched_transaction_id')
    // Where no amount can be a transfer, what stood there goes, and nothing has to be looked for.
    const after = touched?.['legs'] === 0n ? `select * from ${relation} limit 0` : limited
    await writer.run(`
      create or replace temp table legs_before as select * from ${relation} where ${replaced[kind]};
      create or replace temp table legs_after as ${after};
      create or replace temp table other_legs as
      (from legs_before except from legs_after) union all (from legs_after except from legs_before);`)
    const [found] = await ask('select count(*) as legs from other_legs')
    if (found?.['legs'] === 0n) continue
    const isOther = 'transaction_id in (select transaction_id from other_legs)'
    await writer.run(`
      delete from ${relation} where ${isOther} and ${replaced[kind]};
      insert into ${relation} from legs_after where ${isOther};
      insert into changed_legs select transaction_id, date from other_legs;`)
  }
}

const anew = (relation: string, sql: string, where = ''): string =>
  `delete from ${relation} ${where};\ninsert into ${relation} by name ${sql};\n`

export async function demoAccounts(ask: Query): Promise<string> {
  const rows = await ask(`
    select account_id from mart.lake.accounts
    group by account_id having arg_max(demo, described_at) order by account_id
  `)
  return rows.map((row) => row['account_id']).join()
}

const monthsOf = (rows: readonly Row[]): string[] => rows.map((row) => String(row['month']).slice(0, 7))
