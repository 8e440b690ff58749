import { Component, computed, inject, viewChild } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { Blocks } from '../ui/blocks.ts'
import { categoryName } from '../ui/category.ts'
import { timeText } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { ExplainDrawer } from './explain/drawer.ts'
import { daysText } from './parts/dates-chip.ts'
import { Filters } from './parts/filters.ts'
import { RowList } from './parts/row-list.ts'
import { TotalsLine } from './parts/totals.ts'
import { TransactionsStore } from './store.ts'

@Component({
  selector: 'pf-transactions',
  imports: [
    Blocks,
    Empty,
    ExplainDrawer,
    Filters,
    MatButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    PageHead,
    RouterLink,
    RowList,
    Strip,
    TotalsLine,
  ],
  providers: [TransactionsStore],
  host: { '(document:keydown)': 'onKey($event)' },
  templateUrl: './page.html',
  styles: `
    .card { padding: 0; overflow: clip; container: rows / inline-size; }
    .card:focus-visible { outline: none; }
    .news { position: sticky; top: 8px; z-index: 1; height: 0; text-align: right; }
    .news button { height: 32px; margin: 4px 12px 0; padding: 0 14px; border: 0; border-radius: var(--pf-radius-full); background: var(--pf-primary); color: var(--pf-on-primary); font: var(--pf-text-small); font-weight: 550; box-shadow: var(--pf-shadow-2); cursor: pointer; }
    @media (max-width: 719px) {
      .news button { position: relative; height: 28px; margin: 2px 8px 0; }
      .news button::after { content: ''; position: absolute; inset: -8px 0; }
    }
    .beside.two { display: grid; grid-template-columns: minmax(0, 1fr) 420px; gap: var(--pf-gutter); align-items: start; }
    .drawer { position: sticky; top: 12px; max-height: calc(100dvh - 24px); overflow-y: auto; border-radius: var(--pf-radius-l); }
    @media (max-width: 1199px) {
      .beside.two { display: block; }
      .drawer { position: fixed; inset: 0 0 0 auto; z-index: 20; width: min(448px, 100%); max-height: none; background: var(--pf-surface); border-radius: 0; }
    }
    .pad { padding: 12px 16px; }
    .stale { opacity: 0.55; transition: opacity var(--pf-motion-base) linear 150ms; }
    .end { display: block; }
  `,
})
export class TransactionsPage {
  protected readonly store = inject(TransactionsStore)
  protected readonly texts = texts.transactions
  protected readonly dashboard = texts.dashboard
  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly problemText = problemText
  protected readonly timeText = timeText

  protected readonly moreProblem = computed(() => {
    const more = this.store.more()
    return more.status === 'failed' ? problemText(more.problem) : ''
  })

  protected readonly formats = ['csv', 'parquet'] as const
  private readonly rowList = viewChild(RowList)
  private readonly drawer = viewChild(ExplainDrawer)

  /** J and K go through the rows, E (and Enter, the link's own) explains, Esc closes. */
  protected onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    if (target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]')) return
    const list = this.rowList()
    const key = event.key.toLowerCase()
    if (key === 'escape' && this.store.openId() !== undefined) this.closeRow()
    if (list === undefined) return
    const at = list.focusedIndex()
    if (key === 'j') list.focusRow(at + 1)
    if (key === 'k') list.focusRow(Math.max(0, at - 1))
    if (key === 'e' && at >= 0) {
      this.store.open(this.store.rows()[at]?.id)
      setTimeout(() => this.drawer()?.focus())
    }
  }

  /** The focus goes back to the row it came from. */
  protected closeRow(): void {
    const index = this.store.rows().findIndex((row) => row.id === this.store.openId())
    this.store.open(undefined)
    if (index >= 0) this.rowList()?.focusRow(index)
  }

  /** From the list's top, where the new rows stand; the focus goes with them. */
  protected showNew(list: HTMLElement): void {
    void this.store.showNew()
    list.focus({ preventScroll: true })
    if (list.getBoundingClientRect().top < 0) list.scrollIntoView()
  }

  /** The filter in words, for a list that is empty. */
  protected readonly sought = computed(() => {
    const { q, account_id, category, direction, status, ...days } = this.store.filter()
    const account = account_id && (this.store.accountNames().get(account_id) ?? texts.account.title)
    const range =
      days.date_from || days.date_to ? daysText({ date_from: days.date_from, date_to: days.date_to }) : undefined
    const words = [
      q && `“${q}”`,
      account,
      category && categoryName(category),
      direction && texts.transactions.directions[direction],
    ]
    return [...words, status && texts.transactions.statuses[status], range].filter(Boolean).join(', ')
  })
  protected readonly hasDays = computed(() => Boolean(this.store.filter().date_from ?? this.store.filter().date_to))
}
