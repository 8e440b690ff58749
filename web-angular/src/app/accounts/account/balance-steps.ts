import { Component, computed, inject, input } from '@angular/core'
import type { DailyBalance, ProofInterval } from '../../api/types.ts'
import { accountTexts } from '../../texts/accounts.ts'
import { texts } from '../../texts.ts'
import { toNumber } from '../../ui/amount.ts'
import { addDays, daysBetween, plainDay, shortDay } from '../../ui/days.ts'
import { axisText, figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import { Privacy } from '../../ui/privacy.ts'
import { linear, ticks } from '../../ui/scale.ts'
import { Width } from '../../ui/width.ts'
import { stretchesOf } from './proof-days.ts'

const left = 48
const top = 12
const bottom = 36
/** Rings of bank-stated days are dropped first when days come closer than this. */
const ringRoom = 8

/** Booked balance by day: steps, not curves. Below the plot the rule of the proof: double, broken by a gap, or dotted. */
@Component({
  selector: 'pf-balance-steps',
  imports: [MoneyText, Width],
  template: `
    <div pfWidth #box="pfWidth" [style.height.px]="height">
      @if (box.px() > 0) {
        @let c = chart(box.px());
        <svg class="chart" [attr.width]="box.px()" [attr.height]="height" role="img" [attr.aria-label]="label()">
          @for (tick of c.ticks; track tick.y) {
            <line [class]="tick.zero ? 'zero' : 'grid-l'" [attr.x1]="left" [attr.x2]="box.px()" [attr.y1]="tick.y" [attr.y2]="tick.y" />
            <text class="axis" [attr.x]="left - 8" [attr.y]="tick.y + 4" text-anchor="end">{{ tick.text }}</text>
          }
          @for (gap of c.gaps; track gap.from) {
            <rect class="band" y="8" [attr.x]="gap.x1" [attr.width]="gap.x2 - gap.x1" [attr.height]="height - 28" />
          }
          <polygon class="area" [attr.points]="c.area" />
          <polyline class="now" [attr.points]="c.line" />
          @for (ring of c.rings; track ring.x) { <circle class="ring" r="3" [attr.cx]="ring.x" [attr.cy]="ring.y" /> }
          @for (one of c.proof; track one.from) {
            @switch (one.state) {
              @case ('verified') { <path class="ok-rule" [attr.d]="'M' + one.x1 + ' ' + (height - 25.5) + 'H' + one.x2 + 'M' + one.x1 + ' ' + (height - 22.5) + 'H' + one.x2" /> }
              @case ('unverified') { <line class="un-rule" [attr.x1]="one.x1" [attr.x2]="one.x2" [attr.y1]="height - 24" [attr.y2]="height - 24" /> }
            }
          }
          @for (mark of c.days; track mark.x) { <text [attr.x]="mark.x" [attr.y]="height - 6" [attr.text-anchor]="mark.anchor">{{ mark.text }}</text> }
        </svg>
      }
    </div>
    <div class="legend">
      @if (hasProof()) { <span><svg viewBox="0 0 18 10" aria-hidden="true"><path d="M0 3.5h18M0 6.5h18" stroke="var(--pf-verified)" stroke-width="1.25" /></svg>{{ texts.legend.proven }}</span> }
      @if (hasGap()) { <span><svg viewBox="0 0 18 10" aria-hidden="true"><rect x="4" width="10" height="10" fill="var(--pf-gap-soft)" /><path d="M0 5h4M14 5h4" stroke="var(--pf-gap)" stroke-width="1.5" /></svg>{{ texts.legend.gap }}</span> }
      <span><svg viewBox="0 0 18 10" aria-hidden="true"><path d="M0 5h18" stroke="var(--pf-chart-line)" stroke-width="2" /></svg>{{ texts.legend.rows }}</span>
      <span><svg viewBox="0 0 18 10" aria-hidden="true"><circle cx="9" cy="5" r="3.5" fill="var(--pf-surface)" stroke="var(--pf-chart-line)" stroke-width="2" /></svg>{{ texts.legend.bank }}</span>
    </div>
    <details class="as-table">
      <summary>{{ asTable }}</summary>
      <div>
        <table class="tbl">
          <thead><tr><th scope="col">{{ texts.day }}</th><th scope="col">{{ texts.source }}</th><th scope="col" class="n">{{ texts.booked }}</th></tr></thead>
          <tbody>@for (one of newestFirst(); track one.date) { <tr><th scope="row">{{ plainDay(one.date) }}</th><td>{{ texts.sources[one.source] }}</td><td class="n"><pf-money [value]="one.booked" /></td></tr> }</tbody>
        </table>
      </div>
    </details>
  `,
  styles: '.legend { margin-top: 8px; } .band { fill: var(--pf-gap-soft); } .ring.bad { stroke: var(--pf-gap); }',
})
export class BalanceSteps {
  readonly balances = input.required<readonly DailyBalance[]>()
  readonly intervals = input<readonly ProofInterval[]>([])
  readonly #privacy = inject(Privacy)
  protected readonly texts = accountTexts
  protected readonly asTable = texts.dashboard.table
  protected readonly left = left
  protected readonly height = 240
  protected readonly plainDay = plainDay
  protected readonly newestFirst = computed(() => [...this.balances()].reverse())

  protected readonly stretches = computed(() => {
    const [first, last] = [this.balances()[0]?.date, this.balances().at(-1)?.date]
    return first && last ? stretchesOf(first, last, this.intervals()) : []
  })
  protected readonly hasProof = computed(() => this.stretches().some(({ state }) => state === 'verified'))
  protected readonly hasGap = computed(() => this.stretches().some(({ state }) => state === 'gap'))

  protected readonly label = computed(() => {
    const sorted = [...this.balances()].sort((a, b) => toNumber(a.booked) - toNumber(b.booked))
    const [first, last, low, high] = [this.balances()[0], this.balances().at(-1), sorted[0], sorted.at(-1)]
    if (this.#privacy.on() || !first || !last || !low || !high) return accountTexts.balanceHidden
    return accountTexts.balanceLabel(
      shortDay(first.date),
      shortDay(last.date),
      figureText(low.booked),
      figureText(high.booked),
    )
  })

  protected chart(width: number) {
    const all = this.balances()
    const first = all[0]?.date ?? ''
    const days = Math.max(1, daysBetween(first, all.at(-1)?.date ?? first))
    const numbers = all.map((one) => toNumber(one.booked))
    const values = ticks(Math.min(...numbers), Math.max(...numbers))
    const x = linear([0, days], [left, width - 4])
    const y = linear([values[0] ?? 0, values.at(-1) ?? 1], [this.height - bottom, top])
    const points = all.map((one) => ({
      x: x(daysBetween(first, one.date)),
      y: y(toNumber(one.booked)),
      source: one.source,
    }))
    const line = points.flatMap((point, index) => {
      const before = points[index - 1]
      return before ? [`${point.x},${before.y}`, `${point.x},${point.y}`] : [`${point.x},${point.y}`]
    })
    const rings = points.filter((point) => point.source === 'bank')
    const edge = (day: string) => Math.max(left, Math.min(width - 4, x(daysBetween(first, day))))
    // A day's proof is its end's: its stretch of the line begins where the day before ended.
    const proof = this.stretches().map((one) => ({ ...one, x1: edge(addDays(one.from, -1)), x2: edge(one.to) }))
    const close = (width - left) / Math.max(1, rings.length) < ringRoom
    return {
      ticks: values.map((value) => ({
        y: y(value),
        zero: value === 0,
        text: axisText(value, all[0]?.booked.currency ?? 'GBP'),
      })),
      line: line.join(' '),
      area: [`${points[0]?.x},${y(0)}`, ...line, `${points.at(-1)?.x},${y(0)}`].join(' '),
      proof,
      gaps: proof.filter(({ state }) => state === 'gap'),
      rings: close ? rings.slice(-1) : rings,
      days: [
        { x: left, text: shortDay(first), anchor: 'start' },
        { x: width - 4, text: shortDay(all.at(-1)?.date ?? first), anchor: 'end' },
      ],
    }
  }
}
