import { Component, computed, inject } from '@angular/core'
import { RouterLink } from '@angular/router'
import { cashFlowTexts } from '../texts/cash-flow.ts'
import { AccountChoice } from '../ui/account-choice.ts'
import { magnitude, sums, toNumber } from '../ui/amount.ts'
import { AsOf } from '../ui/as-of.ts'
import { Card } from '../ui/card.ts'
import { CashFlowBars } from '../ui/cash-flow-bars.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { monthAndYear, monthOf, shortMonthAndYear } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { MoneyText } from '../ui/money.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { YearChip } from '../ui/year-chip.ts'
import { FlowPicture } from './parts/flow-picture.ts'
import { CashFlowStore } from './store.ts'

@Component({
  selector: 'pf-cash-flow',
  imports: [
    AccountChoice,
    AsOf,
    Card,
    CashFlowBars,
    CurrencyChoice,
    Empty,
    FlowPicture,
    MoneyText,
    NotBegun,
    PageHead,
    RouterLink,
    YearChip,
  ],
  providers: [CashFlowStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class CashFlowPage {
  protected readonly store = inject(CashFlowStore)
  protected readonly texts = cashFlowTexts
  protected readonly monthAndYear = monthAndYear
  protected readonly shortMonthAndYear = shortMonthAndYear
  protected readonly magnitude = magnitude

  /** Until the first account all cards would say the same. */
  protected readonly begun = computed(() => this.store.accounts.value()?.items?.length !== 0)
  protected readonly newestFirst = computed(() =>
    [...this.store.rows()].reverse().map((row) => ({ ...row, month: monthOf(row.period), kept: keptOf(row) })),
  )
  protected readonly all = computed(() => {
    const rows = this.store.rows()
    const none = { amount: '0.00', currency: this.store.currency() }
    const sum = (side: 'in' | 'out' | 'net') => sums(rows.map((row) => row[side]))[0] ?? none
    const all = { in: sum('in'), out: sum('out'), net: sum('net') }
    return { ...all, kept: keptOf(all) }
  })
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })

/** Of what came in, what was left over; nothing to say where nothing came in or more went out. */
function keptOf(row: { in: { amount: string; currency: string }; net: { amount: string; currency: string } }): string {
  const [income, net] = [toNumber(row.in), toNumber(row.net)]
  return income <= 0 || net < 0 ? cashFlowTexts.noRate : percent.format(net / income)
}
