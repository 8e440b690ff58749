import { Component, computed, effect, inject, input, viewChild } from '@angular/core'
import { RouterLink } from '@angular/router'
import { accountsTexts, accountTexts } from '../../texts/accounts.ts'
import { proofTexts } from '../../texts/proof.ts'
import { Card } from '../../ui/card.ts'
import { plainDay, whenText } from '../../ui/days.ts'
import { Empty } from '../../ui/empty.ts'
import { PageHead } from '../../ui/page-head.ts'
import { DemoPill } from '../../ui/pills.ts'
import { unprovenDays } from '../../ui/proof.ts'
import { RowLine } from '../../ui/row-line.ts'
import { Strip } from '../../ui/strip.ts'
import { AccountHead } from './account-head.ts'
import { BalanceSteps } from './balance-steps.ts'
import { ProofCalendar } from './proof-calendar.ts'
import { ProofGaps } from './proof-gaps.ts'
import { ProofIntervalCard } from './proof-interval.ts'
import { AccountStore, type Span } from './store.ts'

@Component({
  selector: 'pf-account',
  imports: [
    AccountHead,
    BalanceSteps,
    Card,
    DemoPill,
    Empty,
    PageHead,
    ProofCalendar,
    ProofGaps,
    ProofIntervalCard,
    RouterLink,
    RowLine,
    Strip,
  ],
  providers: [AccountStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class AccountPage {
  /** Of the route. */
  readonly id = input.required<string>()
  protected readonly store = inject(AccountStore)
  protected readonly texts = accountTexts
  protected readonly words = accountsTexts.proof
  protected readonly gapsTitle = proofTexts.gapsTitle
  protected readonly within = proofTexts.within
  protected readonly whenText = whenText
  protected readonly plainDay = plainDay
  protected readonly spans: readonly Span[] = ['month', 'quarter', 'year']
  protected readonly account = computed(() => this.store.account.value())
  protected readonly missed = computed(() => {
    const { missed = [], proof } = this.account() ?? {}
    return proof === undefined ? [] : unprovenDays(missed, proof)
  })
  protected readonly four = computed(() => {
    const masked = this.account()?.iban_masked
    return masked ? `··${masked.slice(-4)}` : undefined
  })

  private readonly calendar = viewChild(ProofCalendar)

  constructor() {
    effect(() => this.store.id.set(this.id()))
  }

  protected closeDay(day: string): void {
    this.store.open(undefined)
    this.calendar()?.focusDay(day)
  }
}
