import { Component, computed, ElementRef, inject, input, output, signal } from '@angular/core'
import type { Money } from '../../api/types.ts'
import { spendingTexts } from '../../texts/spending.ts'
import { texts } from '../../texts.ts'
import { categoryLook, categoryName } from '../../ui/category.ts'
import { monthAndYear, shortMonth } from '../../ui/days.ts'
import { figureText, wholeText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { type By, type HeatRow, type HeatTable, shadeOf } from '../heat.ts'
import type { Chosen } from '../store.ts'

type Place = { row: number; column: number }

/**
 * Months across, categories or merchants down, whole pounds, the darker the dearer. One cell takes the focus (roving);
 * arrow keys move it, Enter opens, Esc closes.
 */
@Component({
  selector: 'pf-heat-table',
  templateUrl: './heat-table.html',
  styleUrl: './heat-table.css',
})
export class Heat {
  readonly table = input.required<HeatTable>()
  readonly by = input.required<By>()
  /** The month that is not over. */
  readonly open = input.required<string>()
  readonly chosen = input<Chosen>()
  readonly choose = output<Chosen | undefined>()

  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
  readonly #privacy = inject(Privacy)
  /** What is blurred for the eye is not read out. */
  protected readonly hidden = this.#privacy.on.asReadonly()
  protected readonly texts = spendingTexts
  protected readonly shortMonth = shortMonth
  protected readonly shadeOf = shadeOf
  protected readonly currency = computed(() => this.table().all.total.currency)
  /** On a phone the last three months are seen; the others are a step away by "Twelve months earlier". */
  protected readonly early = computed(() => this.table().months.length - 3)

  protected readonly rows = computed(() => this.table().rows.map((row) => ({ ...row, ...this.#look(row) })))
  readonly #moved = signal<Place | undefined>(undefined)
  /** The one cell that Tab goes to: where the arrows went, else what is open, else the newest figure of the first row. */
  protected readonly focus = computed((): Place => {
    const moved = this.#moved()
    if (moved && moved.row < this.table().rows.length) return moved
    const row = this.table().rows.findIndex(({ key }) => key === this.chosen()?.key)
    const column = this.table().months.indexOf(this.chosen()?.month ?? '')
    return { row: Math.max(0, row), column: column === -1 ? this.table().months.length - 1 : column }
  })

  protected whole(money: Money | undefined): string {
    return money === undefined ? '–' : wholeText(money)
  }

  protected label(row: { name: string; cells: readonly (Money | undefined)[] }, column: number): string {
    const cell = row.cells[column]
    const hidden = this.#privacy.on()
    const figure = cell === undefined ? spendingTexts.nothing : hidden ? texts.hidden : figureText(cell)
    const whole = hidden ? texts.hidden : this.whole(cell)
    return spendingTexts.cell(whole, row.name, monthAndYear(this.table().months[column] ?? ''), figure)
  }

  protected isChosen(key: string, column: number): boolean {
    return this.chosen()?.key === key && this.chosen()?.month === this.table().months[column]
  }

  protected onKey(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    }
    const step = steps[event.key]
    if (event.key === 'Escape') this.choose.emit(undefined)
    if (step === undefined) return
    event.preventDefault()
    const { row, column } = this.focus()
    const within = (value: number, length: number) => Math.min(length - 1, Math.max(0, value))
    const next = {
      row: within(row + step[0], this.table().rows.length),
      column: within(column + step[1], this.table().months.length),
    }
    this.#moved.set(next)
    this.#element.querySelector<HTMLElement>(`[data-cell="${next.row}-${next.column}"]`)?.focus()
  }

  #look(row: HeatRow): { name: string; hue: number } {
    if (this.by() === 'merchant') return { name: row.key === '' ? spendingTexts.unnamed : row.key, hue: 0 }
    return { name: categoryName(row.key), hue: categoryLook(row.key).hue }
  }
}
