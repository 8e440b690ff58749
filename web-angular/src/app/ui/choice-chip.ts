import { Component, computed, input, output } from '@angular/core'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { rowsTexts } from '../texts/transactions.ts'
import { Icon } from './icon.ts'

export type Choice = { value: string; text: string }

/** One filter with a short list of values: the chip says what is chosen and takes it back. */
@Component({
  selector: 'pf-choice-chip',
  imports: [Icon, MatMenu, MatMenuItem, MatMenuTrigger],
  host: { class: 'chip', '[class.on]': 'value() !== undefined' },
  template: `
    <button type="button" class="open" [matMenuTriggerFor]="menu">{{ shown() }}@if (value() === undefined) { <pf-icon name="expand_more" [small]="true" /> }</button>
    @if (value() !== undefined) {
      <button type="button" class="clear" [attr.aria-label]="texts.clear(label())" (click)="choose.emit(undefined)"><pf-icon name="close" [small]="true" /></button>
    }
    <mat-menu #menu="matMenu">
      <button mat-menu-item role="menuitemradio" [attr.aria-checked]="value() === undefined" (click)="choose.emit(undefined)">{{ texts.any }}</button>
      @for (choice of choices(); track choice.value) {
        <button mat-menu-item role="menuitemradio" [attr.aria-checked]="value() === choice.value" (click)="choose.emit(choice.value)">{{ choice.text }}</button>
      }
    </mat-menu>
  `,
})
export class ChoiceChip {
  readonly label = input.required<string>()
  readonly choices = input.required<readonly Choice[]>()
  readonly value = input<string>()
  readonly choose = output<string | undefined>()

  protected readonly texts = rowsTexts
  protected readonly shown = computed(() => {
    const value = this.value()
    if (value === undefined) return this.label()
    return this.choices().find((choice) => choice.value === value)?.text ?? value
  })
}
