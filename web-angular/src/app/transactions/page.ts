import { Component, computed, inject, viewChild } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { MatDialog } from '@angular/material/dialog'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { RouterLink } from '@angular/router'
import type { TransactionFilter } from '../api/types.ts'
import { rowsTexts, transactionsTexts } from '../texts/transactions.ts'
import { texts } from '../texts.ts'
import { AsOf } from '../ui/as-of.ts'
import { Blocks } from '../ui/blocks.ts'
import { Empty } from '../ui/empty.ts'
import { KeysSheet } from '../ui/keys-sheet.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { ExplainDrawer } from './explain/drawer.ts'
import { filterWords } from './filter-words.ts'
import { type Wish, wishOf } from './keys.ts'
import { Filters } from './parts/filters.ts'
import { HeldLine } from './parts/held-line.ts'
import { MonthSeek } from './parts/month-seek.ts'
import { type Picked, RowList } from './parts/row-list.ts'
import { SavedChip } from './parts/saved-chip.ts'
import { TotalsLine } from './parts/totals.ts'
import { TransactionsStore } from './store.ts'

@Component({
  selector: 'pf-transactions',
  imports: [
    AsOf,
    Blocks,
    Empty,
    ExplainDrawer,
    Filters,
    HeldLine,
    MatButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    MonthSeek,
    NotBegun,
    PageHead,
    RouterLink,
    RowList,
    SavedChip,
    Strip,
    TotalsLine,
  ],
  providers: [TransactionsStore],
  host: { '(document:keydown)': 'onKey($event)' },
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class TransactionsPage {
  protected readonly store = inject(TransactionsStore)
  readonly #dialog = inject(MatDialog)
  protected readonly texts = rowsTexts
  protected readonly words = transactionsTexts
  protected readonly dashboard = texts.dashboard
  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly problemText = problemText
  protected readonly formats = ['csv', 'parquet'] as const
  protected readonly rowList = viewChild(RowList)
  private readonly drawer = viewChild(ExplainDrawer)

  /** All that stands above the rows is there with them: nothing is pushed down later. */
  protected readonly settled = computed(() => {
    const held = this.store.held.state().status
    const begun = this.store.rows.view() !== undefined || this.store.rows.start.state().status === 'failed'
    return begun && (this.store.held.value() !== undefined || held === 'failed')
  })
  protected readonly gap = computed(() => {
    const more = this.store.rows.more()
    return more.status === 'failed' ? problemText(more.problem) : ''
  })
  protected readonly inWords = computed(() => {
    const names = this.store.accountNames()
    return (filter: TransactionFilter) => filterWords(filter, names)
  })
  protected readonly sought = computed(() => this.inWords()(this.store.filter()))
  protected readonly hasDays = computed(() => Boolean(this.store.filter().date_from ?? this.store.filter().date_to))
  protected readonly monthInSight = computed(() =>
    this.store.rows.view()?.book.monthAt(this.rowList()?.topIndex() ?? 0),
  )

  protected onKey(event: KeyboardEvent): void {
    const list = this.rowList()
    const wish = wishOf(event, (list?.focusedIndex() ?? -1) >= 0)
    if (wish === undefined) return
    event.preventDefault()
    if (wish === 'help') this.help()
    else if (wish === 'close') this.#close()
    else if (list) this.#wishOnList(wish, list)
  }

  #wishOnList(wish: Wish, list: RowList): void {
    const focused = list.focusedIndex()
    const row = this.store.rows.view()?.at(focused)
    // Without a row under the focus one begins at what is in sight.
    const next = focused < 0 ? list.topIndex() : wish === 'next' || wish === 'onNext' ? focused + 1 : focused - 1
    if (wish === 'next' || wish === 'before') list.focusRow(next)
    else if (row && wish === 'explain') this.#explain(row.id)
    else if (row && wish === 'select') this.store.pick(focused, row)
    else if (row && (wish === 'onNext' || wish === 'onBefore')) {
      if (this.store.selection.anchor() === undefined) this.store.pick(focused, row)
      list.focusRow(next)
      const reached = this.store.rows.view()?.at(next)
      if (reached) void this.store.pickTo(next, reached)
    }
  }

  #explain(id: string): void {
    this.store.open(id)
    setTimeout(() => this.drawer()?.focus())
  }

  #close(): void {
    if (this.store.openId() !== undefined) this.closeRow()
    else this.store.selection.clear()
  }

  /** The focus goes back to the row it came from. */
  protected closeRow(): void {
    const index = this.rowList()?.indexOf(this.store.openId()) ?? -1
    this.store.open(undefined)
    if (index >= 0) this.rowList()?.focusRow(index)
  }

  protected pick({ index, row, kind }: Picked): void {
    if (kind === 'one') this.store.pick(index, row)
    else if (kind === 'byHand') this.store.selection.toggleByHand(index, row)
    else void this.store.pickTo(index, row)
  }

  /** The button that ended it goes with it: the focus stays at the list. */
  protected endSelection(list: HTMLElement): void {
    this.store.selection.clear()
    list.focus({ preventScroll: true })
  }

  protected chooseByHand(): void {
    if (this.store.selection.byHand()) this.store.selection.clear()
    else this.store.selection.byHand.set(true)
  }

  protected help(): void {
    this.#dialog.open(KeysSheet, { data: transactionsTexts.keys })
  }

  /** From the list's top, where the new rows stand; the focus goes with them. */
  protected showNew(list: HTMLElement): void {
    void this.store.rows.showNew()
    list.focus({ preventScroll: true })
    if (list.getBoundingClientRect().top < 0) list.scrollIntoView()
  }
}
