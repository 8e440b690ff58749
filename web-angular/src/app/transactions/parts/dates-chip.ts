import { Component, computed, input, output, signal, viewChild } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { rowsTexts } from '../../texts/transactions.ts'
import { addMonths, dayOf, firstDay, lastDay, monthOf, plainDay, rangeText } from '../../ui/days.ts'
import { PanelChip } from '../../ui/panel-chip.ts'

export type Days = { date_from: string | undefined; date_to: string | undefined }

/** The days of the list: five usual spans, or two days of one's own. Both ends count. */
@Component({
  selector: 'pf-dates-chip',
  imports: [MatButton, PanelChip],
  templateUrl: './dates-chip.html',
  styleUrl: './panel.css',
})
export class DatesChip {
  readonly days = input.required<Days>()
  readonly choose = output<Days>()

  protected readonly texts = rowsTexts
  private readonly chip = viewChild.required(PanelChip)
  protected readonly from = signal('')
  protected readonly to = signal('')
  protected readonly set = computed(() => this.days().date_from !== undefined || this.days().date_to !== undefined)
  protected readonly wrong = computed(() => this.from() !== '' && this.to() !== '' && this.from() > this.to())
  protected readonly shown = computed(() => daysText(this.days()))
  protected readonly presets = computed(() => presetsOf(dayOf(new Date())))

  protected fill(): void {
    this.from.set(this.days().date_from ?? '')
    this.to.set(this.days().date_to ?? '')
  }

  protected pick(days: Days): void {
    this.chip().close()
    this.choose.emit(days)
  }

  protected apply(): void {
    if (!this.wrong()) this.pick({ date_from: this.from() || undefined, date_to: this.to() || undefined })
  }
}

/** What the chip and the empty list say; a whole month would be nice by name, but two days are never wrong. */
export function daysText({ date_from, date_to }: Days): string {
  if (date_from && date_to) return rangeText(date_from, date_to, 'short')
  if (date_from) return rowsTexts.since(plainDay(date_from))
  return date_to ? rowsTexts.until(plainDay(date_to)) : rowsTexts.dates
}

export function presetsOf(today: string): { text: string; days: Days }[] {
  const month = monthOf(today)
  const before = addMonths(month, -1)
  const { presets } = rowsTexts
  return [
    { text: presets.thisMonth, days: { date_from: firstDay(month), date_to: lastDay(month) } },
    { text: presets.lastMonth, days: { date_from: firstDay(before), date_to: lastDay(before) } },
    { text: presets.quarter, days: { date_from: firstDay(addMonths(month, -2)), date_to: lastDay(month) } },
    { text: presets.year, days: { date_from: `${today.slice(0, 4)}-01-01`, date_to: `${today.slice(0, 4)}-12-31` } },
    { text: presets.all, days: { date_from: undefined, date_to: undefined } },
  ]
}
