import { Component, computed, input, output, signal, viewChild } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { TransactionFilter } from '../../api/types.ts'
import { rowsTexts, transactionsTexts } from '../../texts/transactions.ts'
import { amountTyped } from '../../ui/amount-typed.ts'
import { PanelChip } from '../../ui/panel-chip.ts'
import { amountRangeOf, amountText, filterOfAmounts } from '../amount-range.ts'

/** Rows by their amount, said without a sign: which way, at least, at most. */
@Component({
  selector: 'pf-amount-chip',
  imports: [MatButton, PanelChip],
  template: `
    <pf-panel-chip [label]="texts.amount" [text]="shown()" [set]="range() !== undefined" (opening)="fill()" (clear)="choose.emit({ min_amount: undefined, max_amount: undefined })">
      <form class="own" (submit)="$event.preventDefault(); apply()">
        <div class="seg" role="group" [attr.aria-label]="directionLabel">
          @for (way of ways; track way) { <button type="button" [attr.aria-pressed]="direction() === way" (click)="direction.set(way)">{{ directions[way] }}</button> }
        </div>
        <div class="pair">
          <label>{{ texts.least }}<input #low inputmode="decimal" autocomplete="off" placeholder="0.00" [value]="least()" (input)="least.set(low.value)" /></label>
          <label>{{ texts.most }}<input #high inputmode="decimal" autocomplete="off" placeholder="0.00" [value]="most()" (input)="most.set(high.value)" /></label>
        </div>
        @if (tried() && wrong(); as word) { <span class="wrong" role="alert">{{ word }}</span> }
        <button matButton="filled" type="submit">{{ texts.apply }}</button>
      </form>
    </pf-panel-chip>
  `,
  styleUrl: './panel.css',
})
export class AmountChip {
  readonly filter = input.required<TransactionFilter>()
  readonly choose = output<TransactionFilter>()

  protected readonly texts = transactionsTexts.amounts
  protected readonly directions = rowsTexts.directions
  protected readonly directionLabel = rowsTexts.direction
  protected readonly ways = ['out', 'in'] as const
  private readonly chip = viewChild.required(PanelChip)
  protected readonly direction = signal<'in' | 'out'>('out')
  protected readonly least = signal('')
  protected readonly most = signal('')
  protected readonly tried = signal(false)

  protected readonly range = computed(() => amountRangeOf(this.filter()))
  protected readonly shown = computed(() => {
    const range = this.range()
    return range === undefined ? transactionsTexts.amounts.amount : amountText(range, transactionsTexts.amounts)
  })
  /** What keeps the amounts from being looked for; a sign says nothing here. */
  protected readonly wrong = computed(() => {
    const [low, high] = [this.#typed(this.least()), this.#typed(this.most())]
    if (low === 'none' || high === 'none') return transactionsTexts.amounts.wrong
    if (low === undefined && high === undefined) return transactionsTexts.amounts.missing
    return low !== undefined && high !== undefined && Number(low) > Number(high) ? transactionsTexts.amounts.order : ''
  })

  protected fill(): void {
    const range = this.range()
    this.tried.set(false)
    this.direction.set(range?.direction ?? this.filter().direction ?? 'out')
    this.least.set(range?.least ?? '')
    this.most.set(range?.most ?? '')
  }

  protected apply(): void {
    this.tried.set(true)
    if (this.wrong() !== '') return
    const [least, most] = [this.#typed(this.least()), this.#typed(this.most())]
    this.chip().close()
    this.choose.emit(
      filterOfAmounts({
        direction: this.direction(),
        ...(least === undefined ? {} : { least }),
        ...(most === undefined ? {} : { most }),
      }),
    )
  }

  #typed(text: string): string | undefined {
    if (text.trim() === '') return undefined
    const amount = amountTyped(text)
    return amount === undefined ? 'none' : amount.replace(/^-/, '')
  }
}
