import { Component, computed, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { HeldAnswer } from '../../api/held-rows.ts'
import type { HeldItem, Transaction } from '../../api/types.ts'
import { heldTexts } from '../../texts/held.ts'
import { amountTyped } from '../../ui/amount-typed.ts'
import { dayText, plainDay } from '../../ui/days.ts'
import { MoneyText } from '../../ui/money.ts'
import { rowName } from '../../ui/row-line.ts'
import { Strip } from '../../ui/strip.ts'

/** One row that waits: why, what the bank sent, and the ways out. */
@Component({
  selector: 'pf-held-row',
  imports: [MatButton, MoneyText, Strip],
  host: { class: 'card', role: 'article', '[attr.aria-label]': 'heading()' },
  templateUrl: './held-row.html',
  styleUrl: './held-row.css',
})
export class HeldRow {
  readonly item = input.required<HeldItem>()
  readonly account = input<string>()
  readonly currency = input('')
  readonly candidates = input<readonly Transaction[]>()
  readonly busy = input(false)
  readonly error = input<string>()
  readonly decide = output<HeldAnswer>()
  readonly look = output<void>()

  protected readonly texts = heldTexts
  protected readonly rowName = rowName
  protected readonly dayText = dayText
  protected readonly date = signal('')
  protected readonly amount = signal('')
  protected readonly tried = signal(false)
  protected readonly heading = computed(() => heldTexts.reasons[this.item().reason] ?? this.item().reason)
  protected readonly needsDate = computed(() => this.item().read.date === null)
  protected readonly needsAmount = computed(() => this.item().read.amount === null)
  protected readonly payload = computed(() => JSON.stringify(this.item().payload, null, 2))
  protected readonly line = computed(() => {
    const { read, source, first_seen } = this.item()
    const seen = heldTexts.firstSeen(plainDay(first_seen.slice(0, 10)))
    return [this.account(), read.date && dayText(read.date), heldTexts.from(source), seen].filter(Boolean).join(' · ')
  })
  /** What keeps the row from being accepted as it is filled in. */
  protected readonly missing = computed(() => {
    if (this.needsDate() && this.date() === '') return heldTexts.dateMissing
    if (this.needsAmount() && amountTyped(this.amount()) === undefined) return heldTexts.amountMissing
    return undefined
  })

  protected may(verdict: HeldAnswer['verdict']): boolean {
    return this.item().verdicts.includes(verdict)
  }

  protected accept(): void {
    this.tried.set(true)
    if (this.missing() !== undefined) return
    const amount = this.needsAmount() ? amountTyped(this.amount()) : undefined
    this.decide.emit({
      verdict: 'accept',
      ...(this.needsDate() ? { date: this.date() } : {}),
      ...(amount === undefined ? {} : { amount: { amount, currency: this.currency() } }),
    })
  }
}
