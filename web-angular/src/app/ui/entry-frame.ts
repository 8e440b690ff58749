import { Component } from '@angular/core'
import type { Money } from '../api/types.ts'
import { ledgerTexts } from '../texts/entry.ts'
import { texts } from '../texts.ts'
import { Brand } from './brand.ts'
import { MoneyText } from './money.ts'

const pounds = (amount: string): Money => ({ amount, currency: 'GBP' })

/** The two halves of sign-in and register: what we promise, shown as an invented sum, and the form. */
@Component({
  selector: 'pf-entry-frame',
  imports: [Brand, MoneyText],
  template: `
    <div class="paper" aria-hidden="true">
      <div class="half">
        <div class="ledger">
          <span class="muted">{{ texts.before }}</span><pf-money [value]="lines.before" />
          <span class="muted">{{ texts.in }}</span><pf-money [value]="lines.in" sign="flow" class="ink" />
          <span class="muted">{{ texts.out }}</span><pf-money [value]="lines.out" />
          <span class="t">{{ texts.now }}</span><span class="t"><pf-money class="rule" [value]="lines.now" /></span>
        </div>
        <p class="pledge">{{ tagline[0] }}<br />{{ tagline[1] }}</p>
      </div>
    </div>
    <main class="form"><div class="inner"><pf-brand /><ng-content /></div></main>
  `,
  styles: `
    :host { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); min-height: 100dvh; }
    .paper { border-right: 1px solid var(--pf-line); display: grid; place-items: center; padding: 48px; background: var(--pf-surface); }
    .half { width: min(400px, 100%); }
    .ledger { display: grid; grid-template-columns: minmax(0, 1fr) auto; font: var(--pf-text-body); font-size: 1rem; }
    .ledger > * { padding: 10px 0; border-bottom: 1px solid var(--pf-line); text-align: right; }
    .ledger > :nth-child(odd) { text-align: left; }
    .ledger > .t { border-bottom: 0; font-weight: 600; padding-top: 14px; font-size: 1.25rem; }
    .pledge { margin-top: 32px; font-size: 1rem; line-height: 1.5rem; color: var(--pf-ink-2); }
    .form { display: grid; place-items: center; padding: 24px; }
    .inner { width: min(360px, 100%); display: grid; gap: 20px; }
    @media (max-width: 719px) {
      :host { grid-template-columns: minmax(0, 1fr); }
      .paper { display: none; }
      .form { align-items: start; padding: 32px 16px; }
    }
  `,
})
export class EntryFrame {
  protected readonly texts = ledgerTexts
  protected readonly tagline = texts.tagline
  protected readonly lines = {
    before: pounds('1842.10'),
    in: pounds('3364.60'),
    out: pounds('-2836.78'),
    now: pounds('2369.92'),
  }
}
