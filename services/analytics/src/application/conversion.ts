import type { QueryValue } from './ports.ts'

/** How long a dated rate speaks for the days after it (`rate_max_age_days` in analytics/dbt_project.yml). */
const maxAgeDays = 31

export type Converted = { from: string; values: Record<string, QueryValue> }

/**
 * `relation` (with columns `currency` and `day`) with its `amounts`, minor units, in currency `to` where a dated rate leads there;
 * the rest stays in its own. Rounded row by row, half away from nothing.
 */
export function converted(
  relation: string,
  day: string,
  amounts: readonly string[],
  to: string | undefined,
): Converted {
  if (to === undefined) return { from: relation, values: {} }
  const replaced = amounts.map(
    (amount) =>
      `case when factor is null then ${amount} else cast(round(${amount} * factor) as bigint) end as ${amount}`,
  )
  const from = `(
    select * exclude (factor) replace (
      ${replaced.join(',\n      ')},
      case when factor is null then currency else $convert_to end as currency
    )
    from (
      select own.*, case when own.${day} - rates.date <= ${maxAgeDays} then rates.minor_factor end as factor
      from ${relation} as own
      asof left join (
        select date, from_currency, minor_factor from mart.main.fct_exchange_rates where to_currency = $convert_to
      ) as rates
        on rates.from_currency = own.currency and rates.date <= own.${day}
    )
  )`
  return { from, values: { convert_to: to } }
}

/** Said only where conversion was asked for. */
export function unconvertedOf(
  rows: readonly { currency: string }[],
  to: string | undefined,
): { unconverted?: string[] } {
  if (to === undefined) return {}
  return {
    unconverted: [...new Set(rows.map(({ currency }) => currency))].filter((currency) => currency !== to).sort(),
  }
}
