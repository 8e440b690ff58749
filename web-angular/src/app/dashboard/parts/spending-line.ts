import { Component, computed, inject, input } from '@angular/core'
import { texts } from '../../texts.ts'
import { addMonths, dayAndMonth, daysBetween, firstDay, lastDay, monthName, monthOf, shortDay } from '../../ui/days.ts'
import { axisText, figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { linear, ticks } from '../../ui/scale.ts'
import { Width } from '../../ui/width.ts'
import type { MonthSoFar } from '../figures.ts'

const left = 40
const right = 56
const top = 14
const bottom = 24

/** Money out added up day by day, this month solid and the month before dashed. Drawn at its own width. */
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
  readonly soFar = input.required<MonthSoFar>()
  readonly day = input.required<string>()
  readonly #privacy = inject(Privacy)
  protected readonly left = left
  protected readonly height = 256

  protected readonly label = computed(() =>
    texts.dashboard.spendingLine(
      this.#privacy.on() ? texts.hidden : figureText(this.soFar().out, 'plain'),
      dayAndMonth(this.day()),
    ),
  )

  protected chart(width: number) {
    const { line, lineBefore, out } = this.soFar()
    const month = monthOf(this.day())
    const days = daysBetween(firstDay(month), lastDay(month)) + 1
    const end = width - right
    const values = ticks(0, Math.max(100, ...line, ...lineBefore))
    const x = linear([1, days], [left, end])
    const y = linear([0, values.at(-1) ?? 1], [this.height - bottom, top])
    const points = (list: readonly number[]) => list.slice(0, days).map((value, index) => `${x(index + 1)},${y(value)}`)
    const now = points(line)
    const last = lineBefore[Math.min(days, lineBefore.length) - 1]
    return {
      end,
      ticks: values.map((value) => ({ y: y(value), zero: value === 0, text: axisText(value, out.currency) })),
      now: now.join(' '),
      earlier: points(lineBefore).join(' '),
      area: now.length === 0 ? '' : [`${left},${y(0)}`, ...now, `${x(now.length)},${y(0)}`].join(' '),
      dot: now.length === 0 ? undefined : { x: x(now.length), y: y(line.at(-1) ?? 0) },
      before: monthName(addMonths(month, -1)).slice(0, 8),
      earlierEnd: last === undefined ? undefined : y(last),
      days: this.#marks(month, days, x, width),
    }
  }

  /** First, last and the current day; the tenth and twentieth where they do not touch it. */
  #marks(month: string, days: number, x: (day: number) => number, width: number) {
    const current = Math.min(days, Number(this.day().slice(8)))
    const room = width < 360 ? 7 : 4
    const free = (day: number) => Math.abs(day - current) > room
    const plain = [1, 10, 20, days].filter(free)
    return [...plain, current]
      .sort((a, b) => a - b)
      .map((day) => ({
        x: x(day),
        text: day === 1 || day === current ? shortDay(`${month}-${String(day).padStart(2, '0')}`) : String(day),
        anchor: day < 3 ? 'start' : day > days - 2 ? 'end' : 'middle',
        strong: day === current,
      }))
  }
}
