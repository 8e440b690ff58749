import { Component, computed, input, output } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { ProofInterval, ProofSuspect } from '../../api/types.ts'
import { proofTexts } from '../../texts/proof.ts'
import { plainDay } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'

const shown = 5

/** The intervals that the rows do not explain, newest first, and what may have happened in each. */
@Component({
  selector: 'pf-proof-gaps',
  imports: [MoneyText, RouterLink],
  template: `
    <ul class="list">
      @for (gap of first(); track gap.balance + gap.to) {
        <li>
          <span class="grow">
            <button type="button" class="name open-gap" (click)="open.emit(gap.to_date)">{{ texts.within(plainDay(gap.from_date), plainDay(gap.to_date)) }}</button>
            <span class="sub veil">
              @if (gap.suspects[0]; as suspect) {
                {{ word(suspect) }}
                @if (suspect.held_id !== null) { <a routerLink="/held">{{ texts.heldFits }}</a> }
              } @else { {{ texts.unknown }} }
            </span>
          </span>
          <span class="amt tall"><pf-money [value]="gap.unexplained" /><span class="under muted">{{ texts.unexplained }}</span></span>
        </li>
      }
    </ul>
    @if (gaps().length > first().length) { <p class="cap muted">{{ texts.more(gaps().length - first().length) }}</p> }
  `,
  styles:
    '.open-gap { min-height: 24px; padding: 0; border: 0; background: none; text-align: left; color: var(--pf-primary); cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px; }',
})
export class ProofGaps {
  readonly gaps = input.required<readonly ProofInterval[]>()
  /** A day of the gap that is to be opened. */
  readonly open = output<string>()
  protected readonly texts = proofTexts
  protected readonly plainDay = plainDay
  protected readonly first = computed(() => this.gaps().slice(0, shown))

  protected word({ kind, expected }: ProofSuspect): string {
    const word = proofTexts.suspect[kind]
    return expected === null ? word : `${word}: ${proofTexts.shouldBe(figureText(expected))}`
  }
}
