import { afterRenderEffect, Component, computed, type ElementRef, input, output, viewChild } from '@angular/core'
import { MatButton, MatIconButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import type { ProofInterval } from '../../api/types.ts'
import { accountsTexts } from '../../texts/accounts.ts'
import { proofTexts } from '../../texts/proof.ts'
import { toAmount, toUnits } from '../../ui/amount.ts'
import { longDay, plainDay, whenText } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.ts'
import { MoneyText } from '../../ui/money.ts'
import { Strip } from '../../ui/strip.ts'
import { firstDayOf } from './proof-days.ts'

/** What the bank said before and after a day, what moved between, and who may have done it where the two differ. */
@Component({
  selector: 'pf-proof-interval',
  imports: [Icon, MatButton, MatIconButton, MoneyText, RouterLink, Strip],
  host: { class: 'card', role: 'region', '[attr.aria-label]': 'title()', '[class.bad]': 'isGap()' },
  templateUrl: './proof-interval.html',
  styles: `
    :host { display: grid; gap: 10px; align-content: start; } :host(.bad) { border-color: var(--pf-gap); }
    header { margin: 0; scroll-margin: 16px; } h2:focus-visible { outline: none; }
    dl { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 16px; }
    dd { text-align: right; } .kind { display: block; } .in-it { padding-left: 12px; color: var(--pf-ink-2); }
    .line { border-top: 1px solid var(--pf-line); padding-top: 4px; } .sum { border-top: 1px solid var(--pf-line-strong); padding-top: 6px; font-weight: 600; }
    :host(.bad) .sum { color: var(--pf-gap); }
    dl > .line + dd, dl > .sum + dd { margin-left: -16px; }
    ol { display: grid; gap: 12px; } li + li { border-top: 1px solid var(--pf-line); padding-top: 12px; }
    h4 { margin: 0 0 2px; font: var(--pf-text-body-strong); }
    .btns { margin-top: 6px; gap: 8px 16px; }
  `,
})
export class ProofIntervalCard {
  readonly day = input.required<string>()
  /** Undefined: no balance was stated around this day. */
  readonly interval = input<ProofInterval>()
  readonly accountId = input.required<string>()
  readonly busy = input(false)
  readonly error = input('')
  /** The user said that two rows are one; it can be taken back. */
  readonly decided = input(false)
  readonly samePayment = output<readonly string[]>()
  readonly takeBack = output<void>()
  readonly closed = output<void>()

  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading')
  protected readonly texts = accountsTexts.proof
  protected readonly proof = proofTexts
  protected readonly kinds = proofTexts.suspect
  protected readonly shouldBe = proofTexts.shouldBe
  protected readonly figureText = figureText
  protected readonly whenText = whenText
  protected readonly title = computed(() => {
    const one = this.interval()
    return one === undefined || one.from_date === one.to_date
      ? longDay(this.day())
      : proofTexts.within(plainDay(one.from_date), plainDay(one.to_date))
  })
  protected readonly isGap = computed(() => this.interval()?.status === 'gap' && this.interval()?.reason !== 'narrowed')
  protected readonly firstDay = computed(() => {
    const one = this.interval()
    return one && firstDayOf(one)
  })
  /** What the bank's next balance would be if the rows were all. */
  protected readonly should = computed(() => {
    const one = this.interval()
    if (one === undefined) return { amount: '0.00', currency: 'GBP' }
    return { ...one.opening, amount: toAmount(toUnits(one.opening.amount) + toUnits(one.movements.amount)) }
  })
  protected readonly word = computed(() => {
    const one = this.interval()
    if (one === undefined) return ''
    if (one.reason !== null) return accountsTexts.proof.reasons[one.reason] ?? ''
    return one.status === 'verified' ? accountsTexts.proof.agrees : ''
  })

  constructor() {
    // Another day is read from its heading; on a phone it lies below the calendar.
    afterRenderEffect(() => {
      this.day()
      const heading = this.heading().nativeElement
      heading.focus({ preventScroll: true })
      heading.scrollIntoView?.({ block: 'nearest' })
    })
  }

  protected explain(index: number, of: number): string {
    return of === 1 ? accountsTexts.proof.explainRow : accountsTexts.proof.explainNth(index + 1)
  }
}
