import { Component, computed, inject } from '@angular/core'
import { RouterLink } from '@angular/router'
import { spendingTexts } from '../texts/spending.ts'
import { AccountChoice } from '../ui/account-choice.ts'
import { AsOf } from '../ui/as-of.ts'
import { Card } from '../ui/card.ts'
import { CategoryMark, categoryLook, categoryName } from '../ui/category.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { monthAndYear, monthName, shortDay } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { axisText } from '../ui/format.ts'
import { MoneyText } from '../ui/money.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { RowLine } from '../ui/row-line.ts'
import { YearChip } from '../ui/year-chip.ts'
import { AgainstAverage } from './parts/against-average.ts'
import { Heat } from './parts/heat-table.ts'
import { Where } from './parts/where.ts'
import { SpendingStore } from './store.ts'

@Component({
  selector: 'pf-spending',
  imports: [
    AccountChoice,
    AgainstAverage,
    AsOf,
    Card,
    CategoryMark,
    CurrencyChoice,
    Empty,
    Heat,
    MoneyText,
    NotBegun,
    PageHead,
    RouterLink,
    RowLine,
    Where,
    YearChip,
  ],
  providers: [SpendingStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class SpendingPage {
  protected readonly store = inject(SpendingStore)
  protected readonly texts = spendingTexts
  protected readonly shades = [0, 1, 2, 3, 4, 5, 6]

  protected readonly note = computed(() =>
    this.store.isLatest()
      ? spendingTexts.note(monthName(this.store.thisMonth()), shortDay(this.store.day()))
      : spendingTexts.leftOut,
  )
  protected readonly top = computed(() => axisText(this.store.table()?.top ?? 0, this.store.currency()))
  protected readonly zero = computed(() => axisText(0, this.store.currency()))

  /** What is opened: its name, its figure, and the row of the table it stands in. */
  protected readonly opened = computed(() => {
    const [chosen, row, table] = [this.store.chosen(), this.store.chosenRow(), this.store.table()]
    if (!chosen || !row || !table) return undefined
    const byCategory = this.store.by() === 'category'
    const name = byCategory ? categoryName(chosen.key) : chosen.key === '' ? spendingTexts.unnamed : chosen.key
    const cell = row.cells[table.months.indexOf(chosen.month)]
    return {
      row,
      name,
      hue: byCategory ? categoryLook(chosen.key).hue : 0,
      month: chosen.month,
      title: spendingTexts.chosen(name, monthAndYear(chosen.month)),
      figure: cell ?? { amount: '0.00', currency: this.store.currency() },
    }
  })
}
