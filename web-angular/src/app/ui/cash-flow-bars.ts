import { Component, computed, inject, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { CashFlowRow } from '../api/types.ts'
import { texts } from '../texts.ts'
import { magnitude, toNumber } from './amount.ts'
import { addMonths, firstDay, lastDay, monthAndYear, shortMonth, shortMonthAndYear } from './days.ts'
import { axisText, figureText } from './format.ts'
import { MoneyText } from './money.ts'
import { Privacy } from './privacy.ts'
import { linear, ticks } from './scale.ts'
import { Width } from './width.ts'

const left = 40
const top = 10
const bottom = 24

/** In above the line, out below, what was left across; the month that is not over is hatched. Each month opens. */
@Component({
  selector: 'pf-cash-flow-bars',
  imports: [MoneyText, RouterLink, Width],
  templateUrl: './cash-flow-bars.html',
  styles: `
    .b-in { fill: var(--pf-bar-in); } .b-out { fill: var(--pf-bar-out); }
    .open .b-in { fill: url(#pf-hatch-in); stroke: var(--pf-bar-in); } .open .b-out { fill: url(#pf-hatch-out); stroke: var(--pf-bar-out); }
    .halo { stroke: var(--pf-surface); stroke-width: 5; } .net { stroke: var(--pf-ink); stroke-width: 2; }
    .touch { fill: transparent; } a:hover .touch { fill: color-mix(in srgb, var(--pf-ink) 4%, transparent); }
    a:focus-visible { outline: none; } a:focus-visible .touch { stroke: var(--pf-focus); stroke-width: 2; }
    .chosen .touch { fill: color-mix(in srgb, var(--pf-ink) 7%, transparent); }
    .legend { margin-top: 12px; }
  `,
})
export class CashFlowBars {
  readonly rows = input.required<readonly CashFlowRow[]>()
  /** The last one shown. */
  readonly month = input.required<string>()
  /** The one that is not over; the last one unless told. */
  readonly open = input<string>()
  /** On a page that shows more of one month: the one that is chosen, by the URL's `month`. Elsewhere a month opens its rows. */
  readonly chosen = input<string>()
  readonly #privacy = inject(Privacy)
  protected readonly texts = texts.dashboard
  protected readonly left = left
  protected readonly height = 280
  protected readonly monthAndYear = monthAndYear
  protected readonly magnitude = magnitude

  /** Oldest first, from the first month there is anything in. */
  protected readonly filled = computed(() => {
    const byMonth = new Map(this.rows().map((row) => [row.period.slice(0, 7), row]))
    const first = [...byMonth.keys()].sort()[0] ?? this.month()
    const all = Array.from({ length: 12 }, (_, index) => addMonths(this.month(), index - 11)).filter(
      (month) => month >= first,
    )
    return all.map((month) => ({ month, row: byMonth.get(month) }))
  })

  protected chart(width: number) {
    const months = this.filled().slice(width < 440 ? -6 : -12)
    const figures = months.map(({ month, row }) => ({
      month,
      row,
      in: row ? Math.abs(toNumber(row.in)) : 0,
      out: row ? Math.abs(toNumber(row.out)) : 0,
      net: row ? toNumber(row.net) : 0,
    }))
    const currency = this.rows()[0]?.currency ?? 'GBP'
    const values = ticks(
      -Math.max(100, ...figures.map((one) => one.out)),
      Math.max(100, ...figures.map((one) => one.in)),
    )
    const y = linear([values[0] ?? -1, values.at(-1) ?? 1], [this.height - bottom, top])
    const step = (width - left) / Math.max(1, months.length)
    const bar = Math.min(40, step * 0.42)
    return {
      ticks: values.map((value) => ({ y: y(value), zero: value === 0, text: axisText(value, currency) })),
      step,
      bar,
      zero: y(0),
      months: figures.map((one, index) => ({
        ...one,
        x: left + step * index,
        middle: left + step * (index + 0.5),
        yIn: y(one.in),
        yOut: y(-one.out),
        yNet: y(one.net),
        open: one.month === (this.open() ?? this.month()),
        chosen: one.month === this.chosen(),
        text: shortMonth(one.month),
        label: this.#label(one.month, one.row),
        ...this.#link(one.month, currency),
      })),
    }
  }

  #link(month: string, currency: string) {
    if (this.chosen() !== undefined) return { to: [], query: { month }, keep: 'merge' as const }
    const days = { date_from: firstDay(month), date_to: lastDay(month) }
    return { to: '/transactions', query: { figure: 'cash_flow', currency, ...days }, keep: null }
  }

  #label(month: string, row: CashFlowRow | undefined): string {
    const say = (text: string | undefined) => (this.#privacy.on() ? texts.hidden : (text ?? '0'))
    const inflow = row && figureText(magnitude(row.in), 'plain')
    const out = row && figureText(magnitude(row.out), 'plain')
    return texts.dashboard.cashFlowMonth(
      shortMonthAndYear(month),
      say(inflow),
      say(out),
      say(row && figureText(row.net)),
    )
  }
}
