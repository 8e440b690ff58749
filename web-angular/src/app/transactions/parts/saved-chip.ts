import { Component, computed, input, output, signal, viewChild } from '@angular/core'
import { MatButton, MatIconButton } from '@angular/material/button'
import type { TransactionFilter } from '../../api/types.ts'
import { transactionsTexts } from '../../texts/transactions.ts'
import { Icon } from '../../ui/icon.ts'
import { PanelChip } from '../../ui/panel-chip.ts'
import { isFiltered } from '../filter.ts'
import { longestName, mostSaved, type SavedFilter } from '../saved-filters.ts'

/** Filters under names of the user's: one click away, on every device. */
@Component({
  selector: 'pf-saved-chip',
  imports: [Icon, MatButton, MatIconButton, PanelChip],
  template: `
    <pf-panel-chip [label]="texts.title" [text]="texts.title" (opening)="name.set('')">
      @if (saved().length > 0) {
        <ul class="saved">
          @for (one of saved(); track one.name) {
            <li>
              <button type="button" class="use" (click)="use(one)"><b>{{ one.name }}</b><span>{{ words()(one.filter) }}</span></button>
              <button type="button" matIconButton [attr.aria-label]="texts.remove(one.name)" [title]="texts.remove(one.name)" (click)="remove.emit(one.name)"><pf-icon name="close" [small]="true" /></button>
            </li>
          }
        </ul>
      } @else { <p class="small muted">{{ texts.none }}</p> }
      @if (canSave()) {
        <form class="own" (submit)="$event.preventDefault(); keep()">
          <label>{{ texts.name }}<input #field [attr.maxlength]="longest" autocomplete="off" [value]="name()" (input)="name.set(field.value)" /></label>
          <p class="cap muted">{{ words()(filter()) }}</p>
          <button matButton="filled" type="submit" [disabled]="name().trim() === ''" [disabledInteractive]="true">{{ isThere() ? texts.replace : texts.save }}</button>
        </form>
      } @else if (saved().length > 0) { <p class="cap muted">{{ texts.hint }}</p> }
    </pf-panel-chip>
  `,
  styleUrl: './panel.css',
})
export class SavedChip {
  readonly saved = input.required<readonly SavedFilter[]>()
  readonly filter = input.required<TransactionFilter>()
  /** A filter as it is said. */
  readonly words = input.required<(filter: TransactionFilter) => string>()
  readonly choose = output<TransactionFilter>()
  readonly save = output<string>()
  readonly remove = output<string>()

  protected readonly texts = transactionsTexts.saved
  protected readonly longest = longestName
  private readonly chip = viewChild.required(PanelChip)
  protected readonly name = signal('')
  protected readonly isThere = computed(() => this.saved().some((one) => one.name === this.name().trim()))
  protected readonly canSave = computed(() => isFiltered(this.filter()) && this.saved().length < mostSaved)

  protected use(one: SavedFilter): void {
    this.chip().close()
    this.choose.emit(one.filter)
  }

  protected keep(): void {
    const name = this.name().trim()
    if (name === '') return
    this.chip().close()
    this.save.emit(name)
  }
}
