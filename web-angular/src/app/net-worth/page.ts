import { Component, computed, inject } from '@angular/core'
import { RouterLink } from '@angular/router'
import { netWorthTexts } from '../texts/net-worth.ts'
import { AccountLine } from '../ui/account-line.ts'
import { isZero, minus } from '../ui/amount.ts'
import { AsOf } from '../ui/as-of.ts'
import { Card } from '../ui/card.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { monthAndYear, monthOf, shortMonthAndYear } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { figureText } from '../ui/format.ts'
import { MoneyText } from '../ui/money.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { Privacy } from '../ui/privacy.ts'
import { ProofBadge, ruleOf } from '../ui/proof.ts'
import { Strip } from '../ui/strip.ts'
import { WorthPicture } from './parts/worth-picture.ts'
import { NetWorthStore, type Span } from './store.ts'

@Component({
  selector: 'pf-net-worth',
  imports: [
    AccountLine,
    AsOf,
    Card,
    CurrencyChoice,
    Empty,
    MoneyText,
    NotBegun,
    PageHead,
    ProofBadge,
    RouterLink,
    Strip,
    WorthPicture,
  ],
  providers: [NetWorthStore],
  templateUrl: './page.html',
  styles: `
    .now { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: end; }
    .since { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding-bottom: 8px; }
    .accounts { align-self: start; }
    @media (max-width: 719px) { .wide { display: none; } }
  `,
})
export class NetWorthPage {
  protected readonly store = inject(NetWorthStore)
  readonly #privacy = inject(Privacy)
  protected readonly texts = netWorthTexts
  protected readonly monthAndYear = monthAndYear
  protected readonly spans: readonly Span[] = ['one', 'two', 'five']
  protected readonly rule = computed(() => ruleOf(this.store.proof()))
  protected readonly last = computed(() => this.store.rows().at(-1))
  protected readonly newestFirst = computed(() =>
    this.store
      .rows()
      .map((row, index, rows) => {
        const before = rows[index - 1]
        return { ...row, month: monthOf(row.period), change: before && minus(row.net, before.net) }
      })
      .reverse(),
  )

  /** The last figure against the first shown, in a sentence. */
  protected readonly since = computed(() => {
    const [first, last] = [this.store.rows()[0], this.last()]
    if (!first || !last || first === last || this.#privacy.on()) return ''
    const change = minus(last.net, first.net)
    const month = shortMonthAndYear(monthOf(first.period))
    return isZero(change) ? netWorthTexts.same(month) : netWorthTexts.since(figureText(change, 'flow'), month)
  })
}
