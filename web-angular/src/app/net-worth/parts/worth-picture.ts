import { Component, computed, inject, input } from '@angular/core'
import type { NetWorthRow } from '../../api/types.ts'
import { netWorthTexts } from '../../texts/net-worth.ts'
import { toNumber } from '../../ui/amount.ts'
import { monthOf, shortMonth, shortMonthAndYear } from '../../ui/days.ts'
import { axisText, figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { accountName } from '../../ui/row-line.ts'
import { linear, ticks } from '../../ui/scale.ts'
import { Width } from '../../ui/width.ts'
import { type Layer, stacked } from '../worth.ts'

const left = 48
const top = 12
const bottom = 26
/** Words of months need this much. */
const wordPx = 34

/** Balances by account stacked at each month's end, what is owed below the line; the net worth across them. */
@Component({
  selector: 'pf-worth-picture',
  imports: [Width],
  template: `
    <div pfWidth #box="pfWidth" [style.height.px]="height">
      @if (box.px() > 0) {
        @let c = chart(box.px());
        <svg class="chart" [attr.width]="box.px()" [attr.height]="height" role="img" [attr.aria-label]="label()">
          @for (tick of c.ticks; track tick.y) {
            <line [class]="tick.zero ? 'zero' : 'grid-l'" [attr.x1]="left" [attr.x2]="box.px()" [attr.y1]="tick.y" [attr.y2]="tick.y" />
            <text class="axis" [attr.x]="left - 8" [attr.y]="tick.y + 4" text-anchor="end">{{ tick.text }}</text>
          }
          @for (slab of c.slabs; track slab.key) { <rect [class]="'slab s' + slab.shade" [attr.x]="slab.x" [attr.y]="slab.y" [attr.width]="c.bar" [attr.height]="slab.tall" /> }
          <polyline class="halo" [attr.points]="c.line" /><polyline class="net" [attr.points]="c.line" />
          @for (mark of c.marks; track mark.x) { <text [attr.x]="mark.x" [attr.y]="height - 6" text-anchor="middle" [class.t-strong]="mark.strong">{{ mark.text }}</text> }
        </svg>
      }
    </div>
    <div class="legend">
      @for (one of names(); track one.id) { <span><svg viewBox="0 0 18 10" aria-hidden="true"><rect [class]="'slab s' + one.shade" width="18" height="10" rx="1" /></svg>{{ one.name }}</span> }
      <span><svg viewBox="0 0 18 10" aria-hidden="true"><path d="M0 5h18" stroke="var(--pf-ink)" stroke-width="2" /></svg>{{ texts.line }}</span>
    </div>
  `,
  styles: `
    .s0 { fill: var(--pf-heat-5); } .s1 { fill: var(--pf-heat-3); } .s2 { fill: var(--pf-cat-2); } .s3 { fill: var(--pf-cat-7); } .s4 { fill: var(--pf-cat-5); } .s5 { fill: var(--pf-cat-9); } .s6 { fill: var(--pf-cat-6); } .s7 { fill: var(--pf-cat-8); }
    .s8 { fill: var(--pf-bar-out); }
    .slab { stroke: var(--pf-surface); stroke-width: 1; }
    .halo { fill: none; stroke: var(--pf-surface); stroke-width: 5; stroke-linejoin: round; } .net { fill: none; stroke: var(--pf-ink); stroke-width: 2; stroke-linejoin: round; }
    .legend { margin-top: 12px; }
  `,
})
export class WorthPicture {
  readonly layers = input.required<readonly Layer[]>()
  readonly months = input.required<readonly string[]>()
  readonly rows = input.required<readonly NetWorthRow[]>()
  readonly #privacy = inject(Privacy)
  protected readonly texts = netWorthTexts
  protected readonly left = left
  protected readonly height = 300

  /** What is owed has a colour of its own; accounts one has go through the others in turn. */
  protected readonly names = computed(() => {
    let had = 0
    return this.layers().map(({ account, values }) => ({
      id: account.id,
      name: accountName(account),
      shade: (values.findLast((value) => value !== undefined) ?? 0) < 0 ? 8 : had++ % 8,
    }))
  })
  protected readonly label = computed(() => {
    const [first, last] = [this.rows()[0], this.rows().at(-1)]
    if (this.#privacy.on() || !first || !last) return netWorthTexts.hidden
    const month = (row: NetWorthRow) => shortMonthAndYear(monthOf(row.period))
    return netWorthTexts.label(month(first), month(last), figureText(first.net), figureText(last.net))
  })

  protected chart(width: number) {
    const months = this.months()
    const stacks = months.map((_, index) => stacked(this.layers(), index))
    const net = new Map(this.rows().map((row) => [monthOf(row.period), toNumber(row.net)]))
    const ends = [...stacks.flat().map(({ to }) => to), ...net.values()]
    const low = Math.min(0, ...ends)
    const steps = ticks(low, Math.max(1, ...ends))
    const highest = steps.at(-1) ?? 1
    // A little that is owed needs no whole step of the scale.
    const lowest = Math.max(steps[0] ?? 0, low - highest * 0.04)
    const values = steps.filter((value) => value >= lowest)
    const y = linear([lowest, highest], [this.height - bottom, top])
    const step = (width - left) / Math.max(1, months.length)
    const bar = Math.max(2, step * (months.length > 30 ? 0.8 : 0.6))
    const middle = (index: number) => left + step * (index + 0.5)
    const wordEvery = Math.ceil(wordPx / step)
    const shades = new Map(this.names().map(({ id, shade }) => [id, shade]))
    const { currency } = this.rows()[0]?.net ?? { currency: 'GBP' }
    return {
      bar,
      ticks: values.map((value) => ({ y: y(value), zero: value === 0, text: axisText(value, currency) })),
      slabs: stacks.flatMap((slabs, index) =>
        slabs.map(({ account, from, to }) => ({
          key: `${account.id} ${index}`,
          x: middle(index) - bar / 2,
          y: Math.min(y(from), y(to)),
          tall: Math.abs(y(from) - y(to)),
          shade: shades.get(account.id) ?? 0,
        })),
      ),
      line: months
        .flatMap((month, index) => (net.has(month) ? [`${middle(index)},${y(net.get(month) ?? 0)}`] : []))
        .join(' '),
      marks: months.flatMap((month, index) => {
        const fromEnd = months.length - 1 - index
        if (fromEnd % wordEvery !== 0) return []
        const text = month.endsWith('-01') ? month.slice(0, 4) : shortMonth(month)
        return [{ x: middle(index), text, strong: fromEnd === 0 }]
      }),
    }
  }
}
