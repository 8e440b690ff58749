import { Component, computed, inject, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { TransactionFilter } from '../../api/types.ts'
import { cashFlowTexts } from '../../texts/cash-flow.ts'
import { texts } from '../../texts.ts'
import { toNumber } from '../../ui/amount.ts'
import { categoryLook, categoryName } from '../../ui/category.ts'
import { monthName } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { Width } from '../../ui/width.ts'
import type { MonthFlow, Stream } from '../month-flow.ts'

/** Room for two lines of words beside the thinnest stream. */
const leastRoom = 34
const block = 10
/** The trunk: all of the month. */
const tall = 240

const words: Record<Stream['name'], string> = {
  income: cashFlowTexts.income,
  income_net: cashFlowTexts.incomeNet,
  before: cashFlowTexts.fromBefore,
  back: cashFlowTexts.back,
  left: cashFlowTexts.leftOver,
  others: cashFlowTexts.others,
  category: '',
}

/** A Sankey of one month: widths are the amounts, and both sides are equal. Each category opens its rows. */
@Component({
  selector: 'pf-flow-picture',
  imports: [RouterLink, Width],
  template: `
    <div pfWidth #box="pfWidth" [style.height.px]="height()">
      @if (box.px() > 0) {
        @let p = picture(box.px());
        <svg class="chart" [attr.width]="box.px()" [attr.height]="height()" role="group" [attr.aria-label]="label()">
          @for (one of p.ways; track one.key) { <path aria-hidden="true" [attr.d]="one.d" [style.fill]="one.fill" class="way" /> }
          <rect class="trunk" [attr.x]="p.middle" [attr.y]="p.top" width="10" [attr.height]="tall" rx="2" aria-hidden="true" />
          @for (one of p.ends; track one.key) {
            <rect aria-hidden="true" [attr.x]="one.x" [attr.y]="one.y" width="10" [attr.height]="one.tall" rx="2" [style.fill]="one.fill" />
            @if (one.rows; as rows) {
              <a routerLink="/transactions" [queryParams]="rows"><text [attr.x]="one.textX" [attr.y]="one.textY" [attr.text-anchor]="one.anchor"><tspan class="name">{{ one.name }}</tspan><tspan class="axis" [attr.x]="one.textX" dy="15">{{ one.figure }}</tspan></text></a>
            } @else {
              <text [attr.x]="one.textX" [attr.y]="one.textY" [attr.text-anchor]="one.anchor"><tspan class="name">{{ one.name }}</tspan><tspan class="axis" [attr.x]="one.textX" dy="15">{{ one.figure }}</tspan></text>
            }
          }
        </svg>
      }
    </div>
  `,
  styles: `
    .way { opacity: 0.28; } .trunk { fill: var(--pf-ink-3); }
    .chart text { font-size: 12px; paint-order: stroke; stroke: color-mix(in srgb, var(--pf-surface) 80%, transparent); stroke-width: 3; stroke-linejoin: round; } .name { fill: var(--pf-ink); font-weight: 550; }
    a:hover .name, a:focus-visible .name { text-decoration: underline; fill: var(--pf-primary); }
  `,
})
export class FlowPicture {
  readonly flow = input.required<MonthFlow>()
  readonly month = input.required<string>()
  /** Days, currency and account of the month; a category's own word is added. */
  readonly filter = input.required<TransactionFilter>()
  readonly #privacy = inject(Privacy)

  readonly #sides = computed(() => {
    const { from, to, total } = this.flow()
    const side = (streams: readonly Stream[]) => {
      const talls = streams.map((stream) => (toNumber(stream.amount) / toNumber(total)) * tall)
      return { streams, talls, all: talls.reduce((sum, one) => sum + Math.max(one, leastRoom), 0) }
    }
    return [side(from), side(to)] as const
  })
  protected readonly height = computed(() => Math.ceil(Math.max(tall, ...this.#sides().map((side) => side.all))))
  protected readonly tall = tall
  protected readonly label = computed(() =>
    cashFlowTexts.flowLabel(monthName(this.month()), this.#figure(this.flow().from[0])),
  )

  protected picture(width: number) {
    const middle = Math.round(width * (width < 520 ? 0.42 : 0.45))
    const top = (this.height() - tall) / 2
    const [left, right] = this.#sides().map((side) => this.#ends(side, top)) as [End[], End[]]
    const edge = width - block
    return {
      middle,
      top,
      ends: [
        ...left.map((end) => ({ ...end, x: 0, textX: block + 6, anchor: 'start', key: `from-${end.key}` })),
        ...right.map((end) => ({ ...end, x: edge, textX: edge - 6, anchor: 'end', key: `to-${end.key}` })),
      ],
      ways: [
        ...left.map((end) => ({ ...end, key: `from-${end.key}`, d: way(block, end.y, middle, end.trunk, end.tall) })),
        ...right.map((end) => ({
          ...end,
          key: `to-${end.key}`,
          d: way(middle + block, end.trunk, edge, end.y, end.tall),
        })),
      ],
    }
  }

  /** Where each stream ends and where it meets the trunk. Thin ones are set apart, so that their words have room. */
  #ends({ streams, talls, all }: { streams: readonly Stream[]; talls: number[]; all: number }, top: number) {
    let y = (this.height() - all) / 2
    let trunk = top
    return streams.map((stream, index) => {
      const tall = talls[index] ?? 0
      const room = Math.max(tall, leastRoom)
      const own = Math.max(1, tall)
      const end = {
        ...this.#look(stream),
        key: `${stream.name}-${stream.category ?? ''}`,
        y: y + (room - own) / 2,
        trunk,
        tall: own,
        textY: y + room / 2 - 3,
      }
      y += room
      trunk += tall
      return end
    })
  }

  #look(stream: Stream): { name: string; figure: string; fill: string; rows: TransactionFilter | undefined } {
    const figure = this.#figure(stream)
    if (stream.category === undefined) {
      const fill = ['before', 'others'].includes(stream.name) ? 'var(--pf-ink-3)' : 'var(--pf-bar-in)'
      return { name: words[stream.name], figure, fill, rows: undefined }
    }
    const rows = { figure: 'spending' as const, ...this.filter(), category: stream.category }
    const fill = `var(--pf-cat-${categoryLook(stream.category).hue || 10})`
    return { name: categoryName(stream.category), figure, fill, rows }
  }

  #figure(stream: Stream | undefined): string {
    if (this.#privacy.on() || stream === undefined) return texts.hidden
    return figureText(stream.amount, 'plain')
  }
}

type End = { name: string; figure: string; fill: string; rows: TransactionFilter | undefined } & Record<
  'y' | 'trunk' | 'tall' | 'textY',
  number
> & { key: string }

/** A ribbon of even height from one edge to another. */
function way(x1: number, y1: number, x2: number, y2: number, tall: number): string {
  const bend = (x1 + x2) / 2
  return `M${x1},${y1} C${bend},${y1} ${bend},${y2} ${x2},${y2} L${x2},${y2 + tall} C${bend},${y2 + tall} ${bend},${y1 + tall} ${x1},${y1 + tall} Z`
}
