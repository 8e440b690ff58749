import { Component, computed, input } from '@angular/core'
import type { Import } from '../../api/types.ts'
import { importsTexts } from '../../texts/imports.ts'
import { texts } from '../../texts.ts'
import { dayText, plainDay } from '../../ui/days.ts'
import { MoneyText } from '../../ui/money.ts'
import { Strip } from '../../ui/strip.ts'

/** What a file would bring, or brought: counts, rows to look at, and what could not be read. */
@Component({
  selector: 'pf-import-report',
  imports: [MoneyText, Strip],
  template: `
    <p class="sum" role="status">{{ texts.sum(report()) }}</p>
    <p class="small muted">{{ where() }}</p>
    @for (problem of report().problems; track $index) {
      <pf-strip kind="att">{{ problem.line === null ? problem.detail : texts.atLine(problem.line, problem.detail) }}</pf-strip>
    }
    @if (report().preview.length > 0) {
      <ul class="list">
        @for (row of report().preview; track $index) {
          <li>
            <span class="grow"><span class="name">{{ row.description || noText }}</span><span class="sub">{{ row.date === null ? texts.noDate : dayText(row.date) }} · {{ texts.outcomes[row.outcome] }}</span></span>
            @if (row.amount; as amount) { <pf-money class="amt" [value]="amount" sign="flow" /> }
          </li>
        }
      </ul>
    }
  `,
  styles: ':host { display: grid; gap: 10px; } .sum { font: var(--pf-text-title-3); }',
})
export class ImportReport {
  readonly report = input.required<Import>()
  protected readonly texts = importsTexts
  protected readonly noText = texts.noText
  protected readonly dayText = dayText
  protected readonly where = computed(() => {
    const { account, window, format, preset } = this.report()
    const days = window && importsTexts.days(plainDay(window.from), plainDay(window.to))
    const into = account && importsTexts.into(account.name, account.recognised === 'new')
    return [into, days, importsTexts.formats[format] ?? format, preset].filter(Boolean).join(' · ')
  })
}
