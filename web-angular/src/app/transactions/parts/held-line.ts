import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { HeldItem } from '../../api/types.ts'
import { heldTexts } from '../../texts/held.ts'
import { transactionsTexts } from '../../texts/transactions.ts'
import { Strip } from '../../ui/strip.ts'

/** What the bank sent and nobody could place, and why, in words; it leads to where one decides. */
@Component({
  selector: 'pf-held-line',
  imports: [RouterLink, Strip],
  template: `
    @if (items().length > 0) {
      <pf-strip kind="info" class="held"><b>{{ some() }}</b>: {{ reasons() }}. <a routerLink="/held">{{ texts.decide }}</a></pf-strip>
    }
  `,
  styles: '.held { margin-bottom: var(--pf-space-3); } b { font-weight: 550; }',
})
export class HeldLine {
  readonly items = input.required<readonly HeldItem[]>()
  protected readonly texts = transactionsTexts.held
  protected readonly some = computed(() => transactionsTexts.held.some(this.items().length))
  /** Each reason once, as the queue's own headings say it. */
  protected readonly reasons = computed(() => {
    const words = this.items().map(({ reason }) => heldTexts.reasons[reason] ?? reason)
    return [...new Set(words)].map((word) => word.charAt(0).toLowerCase() + word.slice(1)).join('; ')
  })
}
