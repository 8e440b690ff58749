import { Component, computed, type ElementRef, effect, inject, input, output, signal, viewChild } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Loaded } from '../../api/load.ts'
import type { Account, Explanation } from '../../api/types.ts'
import { explainTexts } from '../../texts/explain.ts'
import { rowsTexts } from '../../texts/transactions.ts'
import { texts } from '../../texts.ts'
import { Blocks } from '../../ui/blocks.ts'
import { categoryLook, categoryName } from '../../ui/category.ts'
import { dayText, plainDay, whenText } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.ts'
import { MoneyText } from '../../ui/money.ts'
import { PendingPill } from '../../ui/pills.ts'
import { Privacy } from '../../ui/privacy.ts'
import { problemText } from '../../ui/problem-text.ts'
import { ProofBadge, ruleOf } from '../../ui/proof.ts'
import { accountName, rowName } from '../../ui/row-line.ts'
import { Strip } from '../../ui/strip.ts'
import { fileFormatOf, type Step, storyOf } from './story.ts'

/** A row explained as a story, oldest first, each step with its evidence. Beside the list on a desk, over it on a phone. */
@Component({
  selector: 'pf-explain-drawer',
  imports: [Blocks, Icon, MoneyText, PendingPill, ProofBadge, RouterLink, Strip],
  host: { role: 'complementary', '[attr.aria-label]': 'texts.title' },
  templateUrl: './drawer.html',
  styleUrl: './drawer.css',
})
export class ExplainDrawer {
  readonly state = input.required<Loaded<Explanation>>()
  readonly accounts = input.required<readonly Account[]>()
  readonly closed = output<void>()
  readonly retry = output<void>()
  readonly #privacy = inject(Privacy)

  protected readonly texts = explainTexts
  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly statusWord = rowsTexts.statuses
  protected readonly dayText = dayText
  protected readonly plainDay = plainDay
  protected readonly whenText = whenText
  protected readonly rowName = rowName
  protected readonly categoryName = categoryName
  protected readonly categoryLook = categoryLook
  protected readonly problemText = problemText
  protected readonly ruleOf = ruleOf
  protected readonly open = signal<ReadonlySet<string>>(new Set())
  private readonly close = viewChild.required<ElementRef<HTMLButtonElement>>('close')

  protected readonly it = computed(() => this.state().value)
  protected readonly account = computed(() => this.accounts().find((one) => one.id === this.it()?.account_id))
  protected readonly accountText = computed(() => {
    const account = this.account()
    return account && accountName(account)
  })
  protected readonly steps = computed(() => {
    const it = this.it()
    return it ? storyOf(it) : []
  })
  /** Decisions of ours, each by a rule; the user's own word is none. */
  protected readonly ruled = computed(() => (this.it()?.decisions ?? []).filter(({ by }) => by !== 'user'))
  /** The proof reaches this row's day. */
  protected readonly agreedTo = computed(() => {
    const to = this.account()?.proof.verified_to
    const date = this.it()?.transaction?.date
    return to && date && date <= to && this.account()?.proof.status === 'verified' ? to : undefined
  })

  constructor() {
    effect(() => {
      this.it()?.transaction_id
      this.open.set(new Set())
    })
  }

  /** The keyboard's way in, after Enter on a row. */
  focus(): void {
    this.close().nativeElement.focus()
  }

  protected title(step: Step): string {
    if (step.kind === 'decided') return explainTexts.decided[step.decision.kind] ?? explainTexts.decidedOther
    const { source, fetched_at } = step.observation
    const format = fileFormatOf(source)
    if (format !== undefined) return explainTexts.fileTold(format, whenText(fetched_at))
    const bank = this.account()?.institution.name ?? source
    return (step.first ? explainTexts.told : explainTexts.toldAgain)(bank, whenText(fetched_at))
  }

  protected said(observation: Explanation['observations'][number]): string {
    const figure = this.#privacy.on() ? texts.hidden : figureText(observation.read.amount)
    return explainTexts.said(explainTexts.statuses[observation.section] ?? observation.section, figure)
  }

  protected isFile = (source: string): boolean => fileFormatOf(source) !== undefined

  protected toggle(id: string): void {
    this.open.update((open) => {
      const next = new Set(open)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }

  protected json = (payload: unknown): string => JSON.stringify(payload, null, 2)
}
