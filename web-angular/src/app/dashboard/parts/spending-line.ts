import { Component, computed, inject, input } from '@angular/core'
import { texts } from '../../texts.ts'
import {
  addDays,
  addMonths,
  firstDay,
  monthName,
  monthOf,
  shortDay,
  shortMonth,
  shortMonthAndYear,
} from '../../ui/days.ts'
import { axisText, figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { linear, ticks } from '../../ui/scale.ts'
import { Width } from '../../ui/width.ts'
import type { SoFar } from '../figures.ts'
import { daysIn, type Period, type Span, untilText } from '../period.ts'

const left = 40
const right = 60
const top = 14
const bottom = 24

/** Money out added up day by day, the period solid and the one beside it dashed. Drawn at its own width. */
@Component({
  selector: 'pf-spending-line',
  imports: [Width],
  template: `
    <div pfWidth #box="pfWidth" [style.height.px]="height">
      @if (box.px() > 0) {
        @let c = chart(box.px());
        <svg class="chart" [attr.width]="box.px()" [attr.height]="height" role="img" [attr.aria-label]="label()">
          @for (tick of c.ticks; track tick.y) {
            <line [class]="tick.zero ? 'zero' : 'grid-l'" [attr.x1]="left" [attr.x2]="c.end" [attr.y1]="tick.y" [attr.y2]="tick.y" />
            <text class="axis" [attr.x]="left - 8" [attr.y]="tick.y + 4" text-anchor="end">{{ tick.text }}</text>
          }
          @for (mark of c.days; track mark.x) {
            <text [attr.x]="mark.x" [attr.y]="height - 4" [attr.text-anchor]="mark.anchor" [class.t-strong]="mark.strong">{{ mark.text }}</text>
          }
          <polyline class="then" [attr.points]="c.earlier" />
          @if (c.earlierEnd; as end) { <text [attr.x]="c.end + 6" [attr.y]="end + 4">{{ c.before }}</text> }
          <polygon class="area" [attr.points]="c.area" />
          <polyline class="now" [attr.points]="c.now" />
          @if (c.dot; as dot) { <circle class="ring" r="4" [attr.cx]="dot.x" [attr.cy]="dot.y" /> }
        </svg>
      }
    </div>
  `,
})
export class SpendingLine {
  readonly soFar = input.required<SoFar>()
  readonly period = input.required<Period>()
  readonly today = input.required<string>()
  readonly #privacy = inject(Privacy)
  protected readonly left = left
  protected readonly height = 256

  protected readonly label = computed(() =>
    texts.dashboard.spendingLine(
      this.#privacy.on() ? texts.hidden : figureText(this.soFar().out, 'plain'),
      untilText(this.period(), this.today()),
    ),
  )

  protected chart(width: number) {
    const { line, lineBefore, out } = this.soFar()
    const { from, end, beside } = this.period()
    const days = daysIn({ from, to: end })
    const edge = width - right
    const values = ticks(0, Math.max(100, ...line, ...lineBefore))
    const x = linear([1, Math.max(2, days)], [left, edge])
    const y = linear([0, values.at(-1) ?? 1], [this.height - bottom, top])
    const points = (list: readonly number[]) => list.slice(0, days).map((value, index) => `${x(index + 1)},${y(value)}`)
    const now = points(line)
    const last = lineBefore[Math.min(days, lineBefore.length) - 1]
    return {
      end: edge,
      ticks: values.map((value) => ({ y: y(value), zero: value === 0, text: axisText(value, out.currency) })),
      now: now.join(' '),
      earlier: points(lineBefore).join(' '),
      area: now.length === 0 ? '' : [`${left},${y(0)}`, ...now, `${x(now.length)},${y(0)}`].join(' '),
      dot: now.length === 0 ? undefined : { x: x(now.length), y: y(line.at(-1) ?? 0) },
      before: shortName(beside, this.today()),
      earlierEnd: last === undefined ? undefined : y(last),
      days: this.#marks(days, x, width),
    }
  }

  /** Its first, last and current day, and between them what does not touch: tens of a month, else months. */
  #marks(days: number, x: (day: number) => number, width: number) {
    const { from, to } = this.period()
    const current = Math.min(days, daysIn({ from, to }))
    const room = (days * (days > 31 ? 72 : width < 360 ? 60 : 44)) / width
    const between = days > 31 ? monthStarts(from, days) : [10, 20]
    const plain: number[] = []
    for (const day of [1, days, ...between])
      if ([current, ...plain].every((other) => Math.abs(day - other) > room)) plain.push(day)
    return [...plain, current]
      .sort((a, b) => a - b)
      .map((day) => ({
        x: x(day),
        text: this.#mark(day, days, current),
        anchor: day < days / 15 ? 'start' : day > days * 0.94 ? 'end' : 'middle',
        strong: day === current,
      }))
  }

  #mark(day: number, days: number, current: number): string {
    const date = addDays(this.period().from, day - 1)
    if (day === current) return shortDay(date)
    if (days > 31) return shortMonth(monthOf(date))
    return day === 1 ? shortDay(date) : String(day)
  }
}

const monthStarts = (from: string, days: number): number[] =>
  Array.from({ length: 12 }, (_, index) => daysIn({ from, to: firstDay(addMonths(monthOf(from), index)) })).filter(
    (day) => day > 1 && day < days,
  )

/** Beside the line's end, where there is room for a word: the month, or the year. */
function shortName(beside: Span, today: string): string {
  const year = beside.from.slice(0, 4)
  if (monthOf(beside.from) !== monthOf(beside.end))
    return year === beside.end.slice(0, 4) ? year : texts.dashboard.earlier
  return year === today.slice(0, 4)
    ? monthName(monthOf(beside.from)).slice(0, 8)
    : shortMonthAndYear(monthOf(beside.from))
}
