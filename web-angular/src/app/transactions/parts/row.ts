import { Component, computed, input, output } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Transaction } from '../../api/types.ts'
import { rowsTexts } from '../../texts/transactions.ts'
import { categoryLook, categoryName } from '../../ui/category.ts'
import { plainDay } from '../../ui/days.ts'
import { MoneyText } from '../../ui/money.ts'
import { PendingPill } from '../../ui/pills.ts'
import { rowName } from '../../ui/row-line.ts'

/** One row of the long list: columns on a desk, three lines on a phone, always of one height. */
@Component({
  selector: 'pf-row',
  imports: [MoneyText, PendingPill, RouterLink],
  host: {
    role: 'listitem',
    '[class.day]': 'newDay()',
    '[class.open]': 'open()',
    '[class.selected]': 'selected()',
    '[class.choosing]': 'choosing()',
    '(mousedown)': 'onDown($event)',
    '(click)': 'onClick($event)',
  },
  template: `
    <span class="date">{{ day() }}</span>
    <span class="who" [title]="name()"><a class="text" [routerLink]="[]" [queryParams]="{ row: row().id }" queryParamsHandling="merge" [attr.role]="choosing() ? 'checkbox' : null" [attr.aria-checked]="choosing() ? selected() : null" [attr.aria-current]="open() || null" [attr.data-row]="row().id">{{ name() }}@if (selected() && !choosing()) { <span class="sr">, {{ selectedWord }}</span> }</a>@if (row().status === 'pending') { <pf-pending /> }</span>
    <span class="ct"><span [class]="'dot k' + hue()">{{ category() }}</span></span>
    <span class="ac">{{ account() }}</span>
    <pf-money [value]="row().amount" sign="flow" />
  `,
  styleUrl: './row.css',
})
export class Row {
  readonly row = input.required<Transaction>()
  readonly account = input<string>()
  /** The first row of its day: the day is printed once. */
  readonly newDay = input(true)
  /** Its explanation is open. */
  readonly open = input(false)
  /** It is one of those that are added up. */
  readonly selected = input(false)
  /** A tap picks it: its link is a box to tick. */
  readonly choosing = input(false)
  /** It is picked by a click with Ctrl or ⌘, or a stretch up to it with Shift. */
  readonly pick = output<'one' | 'stretch'>()

  protected readonly selectedWord = rowsTexts.selected

  protected readonly name = computed(() => rowName(this.row()))
  protected readonly day = computed(() => plainDay(this.row().date))
  protected readonly category = computed(() => categoryName(this.row().category))
  protected readonly hue = computed(() => categoryLook(this.row().category).hue)

  /** Shift and a click would mark text. */
  protected onDown(event: MouseEvent): void {
    if (event.shiftKey) event.preventDefault()
  }

  protected onClick(event: MouseEvent): void {
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.pick.emit(event.shiftKey ? 'stretch' : 'one')
  }
}
