import { Component, type ElementRef, effect, input, output, viewChild } from '@angular/core'
import type { Account, TransactionFilter } from '../../api/types.ts'
import { rowsTexts } from '../../texts/transactions.ts'
import { AccountChoice } from '../../ui/account-choice.ts'
import { categoryName, knownCategories } from '../../ui/category.ts'
import { ChoiceChip } from '../../ui/choice-chip.ts'
import { Icon } from '../../ui/icon.ts'
import { directed } from '../amount-range.ts'
import { AmountChip } from './amount-chip.ts'
import { DatesChip } from './dates-chip.ts'

/** What narrows the list. Every word of it stands in the URL; `/` goes to the search. */
@Component({
  selector: 'pf-filters',
  imports: [AccountChoice, AmountChip, ChoiceChip, DatesChip, Icon],
  host: { role: 'search', '[attr.aria-label]': 'texts.filters', '(document:keydown)': 'onKey($event)' },
  template: `
    <label class="find">
      <pf-icon name="search" [small]="true" />
      <input #search type="search" [attr.aria-label]="texts.search" [placeholder]="texts.search" maxlength="200" (input)="typed.emit(search.value)" />
      <kbd aria-hidden="true">/</kbd>
    </label>
    <div class="chips">
      <pf-dates-chip [days]="{ date_from: filter().date_from, date_to: filter().date_to }" (choose)="change.emit($event)" />
      <pf-account-choice [accounts]="accounts()" [value]="filter().account_id" (choose)="change.emit({ account_id: $event })" />
      <pf-choice-chip [label]="texts.category" [choices]="categories" [value]="filter().category" (choose)="change.emit({ category: $event })" />
      <pf-choice-chip [label]="texts.direction" [choices]="directions" [value]="filter().direction" (choose)="change.emit(directed(filter(), toDirection($event)))" />
      <pf-amount-chip [filter]="filter()" (choose)="change.emit($event)" />
      <pf-choice-chip [label]="texts.status" [choices]="statuses" [value]="filter().status" (choose)="change.emit({ status: toStatus($event) })" />
      <ng-content />
    </div>
  `,
  styleUrl: './filters.css',
})
export class Filters {
  readonly filter = input.required<TransactionFilter>()
  readonly accounts = input.required<readonly Account[]>()
  readonly change = output<TransactionFilter>()
  readonly typed = output<string>()

  protected readonly texts = rowsTexts
  protected readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search')
  protected readonly categories = knownCategories.map((value) => ({ value, text: categoryName(value) }))
  protected readonly directions = [
    { value: 'in', text: rowsTexts.directions.in },
    { value: 'out', text: rowsTexts.directions.out },
  ]
  protected readonly statuses = [
    { value: 'booked', text: rowsTexts.statuses.booked },
    { value: 'pending', text: rowsTexts.statuses.pending },
  ]

  constructor() {
    // The URL leads; while somebody types, their words do.
    effect(() => {
      const words = this.filter().q ?? ''
      const field = this.search().nativeElement
      if (document.activeElement !== field || words === '') if (field.value.trim() !== words) field.value = words
    })
  }

  protected readonly directed = directed

  protected toDirection(value: string | undefined) {
    return value === 'in' || value === 'out' ? value : undefined
  }

  protected toStatus(value: string | undefined) {
    return value === 'booked' || value === 'pending' ? value : undefined
  }

  protected onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (
      event.key !== '/' ||
      event.ctrlKey ||
      event.metaKey ||
      target.closest('input, textarea, select, [role=menu], [role=dialog]')
    )
      return
    event.preventDefault()
    this.search().nativeElement.focus()
  }
}
