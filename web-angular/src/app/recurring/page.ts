import { Component, computed, inject } from '@angular/core'
import { recurringTexts } from '../texts/recurring.ts'
import { texts } from '../texts.ts'
import { Card } from '../ui/card.ts'
import { monthAndYear } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { MoneyText } from '../ui/money.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { MonthGrid } from './parts/month-grid.ts'
import { SeriesLine } from './parts/series-line.ts'
import { RecurringStore } from './store.ts'

@Component({
  selector: 'pf-recurring',
  imports: [Card, Empty, Icon, MoneyText, MonthGrid, NotBegun, PageHead, SeriesLine],
  providers: [RecurringStore],
  template: `
    <pf-page-head [heading]="texts.title">
      <ng-container asof>
        @if (said(); as words) { <span class="live" [class.not]="store.live() !== 'live'" aria-hidden="true"></span> <span>{{ words }}</span> }
      </ng-container>
    </pf-page-head>
    <div class="stack">
      <pf-card [heading]="texts.upcoming" [state]="store.series.state()" [rows]="5" [rowHeight]="84" (retry)="store.series.refresh()">
        @if (store.all().length > 0) { <span end class="cap muted hint">{{ texts.upcomingHint }}</span> }
        @if (store.all().length > 0) {
          <div class="between head">
            <span class="chip on span">
              <button type="button" [disabled]="store.isThisMonth()" [attr.aria-label]="texts.earlier" [title]="texts.earlier" (click)="store.move(-1)"><pf-icon name="chevron_left" [small]="true" /></button>
              <span class="months" aria-live="polite">{{ monthAndYear(store.month()) }}</span>
              <button type="button" [attr.aria-label]="texts.later" [title]="texts.later" (click)="store.move(1)"><pf-icon name="chevron_right" [small]="true" /></button>
            </span>
            <span class="small muted sums">
              @if (store.sums().out.length > 0) { <span>{{ texts.out }} @for (sum of store.sums().out; track sum.currency) { <pf-money class="strong" [value]="sum" /> }</span> }
              @if (store.sums().in.length > 0) { <span>{{ texts.in }} @for (sum of store.sums().in; track sum.currency) { <pf-money class="strong ink" [value]="sum" sign="flow" /> }</span> }
            </span>
          </div>
          @if (store.expected().length === 0) { <pf-empty [text]="texts.nothing(monthAndYear(store.month()))" /> }
          <pf-month-grid [month]="store.month()" [expected]="store.expected()" [today]="store.day()" />
        } @else if (store.series.value()) {
          @if (store.accounts.value()?.items?.length === 0) { <pf-not-begun /> } @else { <pf-empty [text]="texts.empty" /> }
        }
      </pf-card>
      @for (group of store.groups(); track group.of) {
        <pf-card [heading]="texts.of[group.of]" [state]="store.series.state()">
          <span end class="cap muted">{{ group.series.length }}</span>
          <ul class="list">@for (one of group.series; track one.id) { <li pf-series-line [series]="one" [account]="store.accountNames().get(one.account_id)"></li> }</ul>
        </pf-card>
      }
    </div>
  `,
  styles: `
    .head { align-items: center; margin-bottom: 12px; gap: 8px 16px; } .sums { display: inline-flex; flex-wrap: wrap; gap: 4px 20px; }
    .span { align-items: center; } .months { white-space: nowrap; min-width: 124px; text-align: center; } .span button:disabled { opacity: 0.35; cursor: default; }
    @media (max-width: 719px) { .hint { width: 100%; } }
  `,
})
export class RecurringPage {
  protected readonly store = inject(RecurringStore)
  protected readonly texts = recurringTexts
  protected readonly said = computed(() => {
    if (this.store.live() !== 'live') return texts.dashboard.catchingUp
    const series = this.store.all().length
    return series === 0 ? '' : recurringTexts.count(series)
  })
  protected readonly monthAndYear = monthAndYear
}
