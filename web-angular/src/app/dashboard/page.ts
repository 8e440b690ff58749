import { Component, inject } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { AccountLine } from '../ui/account-line.ts'
import { Blocks } from '../ui/blocks.ts'
import { Card } from '../ui/card.ts'
import { CashFlowBars } from '../ui/cash-flow-bars.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { firstDay, longDay, monthName, rangeText, timeText } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { MoneyText } from '../ui/money.ts'
import { PageHead } from '../ui/page-head.ts'
import { RowLine } from '../ui/row-line.ts'
import { MoneyNow } from './parts/money-now.ts'
import { Month } from './parts/month.ts'
import { Needs } from './parts/needs.ts'
import { SpendingBars } from './parts/spending-bars.ts'
import { DashboardStore } from './store.ts'

@Component({
  selector: 'pf-dashboard',
  imports: [
    AccountLine,
    Blocks,
    Card,
    CashFlowBars,
    CurrencyChoice,
    Empty,
    MoneyNow,
    MoneyText,
    Month,
    Needs,
    PageHead,
    RouterLink,
    RowLine,
    SpendingBars,
  ],
  providers: [DashboardStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class DashboardPage {
  protected readonly store = inject(DashboardStore)
  protected readonly texts = texts.dashboard
  protected readonly all = texts.all
  protected readonly longDay = longDay
  protected readonly timeText = timeText
  protected readonly monthName = monthName
  protected readonly firstDay = firstDay
  protected readonly rangeText = rangeText
}
