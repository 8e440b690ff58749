import type { DuckDBConnection } from '@duckdb/node-api'
import { parquet, queryOn } from './duckdb.ts'

/** Of a mart that has a column `month`: the rows that a refresh writes anew (as analytics/macros/touched.sql has it). */
export const inTouchedMonths = `
  month >= getvariable('from_day') and month < getvariable('until_day')
  and (getvariable('without_gap') or list_contains(getvariable('months'), month))`

/**
 * All months that pairing transfers around the changed days may reach, `YYYY-MM`, also as the variables of the connection that
 * models limited to them read (analytics/macros/touched.sql).
 */
export async function touchedMonths(writer: DuckDBConnection, decisions: readonly string[]): Promise<string[]> {
  const rows = await queryOn(writer)(`
    select distinct cast(date_trunc('month', day + shift) as varchar) as month
    from (select unnest([date, prev_date]) as day from ${parquet(decisions)})
    cross join (values (-18), (0), (18)) as reach (shift)
    where day is not null
    order by month
  `)
  const months = rows.map((row) => String(row['month']).slice(0, 10))
  const [from, last] = [months[0], months.at(-1)]
  if (from === undefined || last === undefined) return []
  const around = new Set(months.flatMap((month) => [shifted(month, -1), month, shifted(month, 1)]))
  await writer.run(`
    set variable months = ${dates(months)};
    set variable months_around = ${dates(around)};
    set variable from_day = date '${from}';
    set variable until_day = date '${shifted(last, 1)}';
    set variable without_gap = ${shifted(from, months.length - 1) === last};
  `)
  return months.map((month) => month.slice(0, 7))
}

const dates = (days: Iterable<string>): string => `[${Array.from(days, (day) => `date '${day}'`).join(', ')}]`

/** The first day of the month that comes `by` months after that of `day`. */
function shifted(day: string, by: number): string {
  const [year, month] = day.split('-').map(Number)
  return new Date(Date.UTC(Number(year), Number(month) - 1 + by, 1)).toISOString().slice(0, 10)
}
