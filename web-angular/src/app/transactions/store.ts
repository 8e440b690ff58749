import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { HeldRows } from '../api/held-rows.ts'
import { Live } from '../api/live.ts'
import { Load, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { asProblem, Problem } from '../api/problem.ts'
import type { Transaction, TransactionFilter } from '../api/types.ts'
import { accountNames } from '../ui/row-line.ts'
import { saveAs } from '../ui/save-as.ts'
import { filterOf, isFiltered, paramsOf } from './filter.ts'
import { Rows } from './rows.ts'
import { SavedFilters } from './saved-filters.ts'
import { mostSelected, Selection } from './selection.ts'

/** Typing settles before the URL changes; the list itself answers from the URL. */
const typingMs = 150

/** What the URL asks for: its rows, those that are picked, and the one that is explained. */
@Injectable()
export class TransactionsStore {
  readonly #money = inject(MoneyApi)
  readonly #held = inject(HeldRows)
  readonly #router = inject(Router)
  readonly #route = inject(ActivatedRoute)
  readonly #params = toSignal(this.#route.queryParamMap, { requireSync: true })
  readonly live = inject(Live).state

  readonly filter = computed(
    () => filterOf(Object.fromEntries(this.#params().keys.map((key) => [key, this.#params().get(key) ?? undefined]))),
    {
      equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    },
  )
  readonly filtered = computed(() => isFiltered(this.filter()))

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))
  /** What the bank sent and nobody could place: not in the list, and not counted. */
  readonly held = liveLoad(['held', 'marts'], (ask) => this.#held.list(false, ask))

  readonly rows = new Rows(this.#money, () => this.filter())
  readonly selection = new Selection()
  readonly saved = new SavedFilters()
  #typing: ReturnType<typeof setTimeout> | undefined

  /** The row that is explained: by the URL's `row`. */
  readonly openId = computed(() => this.#params().get('row') ?? undefined)
  readonly explained = new Load((ask) => this.#money.explain(this.openId() ?? '', ask))

  constructor() {
    void this.accounts.load()
    void this.held.load()
    effect(() => {
      if (this.openId() !== undefined) untracked(() => void this.explained.load())
      else untracked(() => this.explained.stop())
    })
    effect(() => {
      this.filter()
      untracked(() => {
        this.selection.clear()
        void this.rows.open()
      })
    })
    const off = inject(Live).on(['marts'], (news) => {
      void this.rows.refresh(news.log_position)
      if (this.openId() !== undefined) void this.explained.refresh(news.log_position)
    })
    inject(DestroyRef).onDestroy(() => {
      off()
      this.rows.stop()
      this.explained.stop()
      clearTimeout(this.#typing)
    })
  }

  /** Changes some of the filter, by the URL: back takes it back. */
  change(some: TransactionFilter): void {
    this.#filterBy({ ...this.filter(), ...some })
  }

  /** This filter and no other. */
  apply(filter: TransactionFilter): void {
    this.#filterBy(filter)
  }

  clear(): void {
    this.#filterBy({})
  }

  type(q: string): void {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#go({ q: q.trim() || null }, true), typingMs)
  }

  /** Opens a row's explanation, or closes it. */
  open(id: string | undefined): void {
    this.#go({ row: id ?? null }, this.openId() !== undefined && id !== undefined)
  }

  pick(index: number, row: Transaction): void {
    this.selection.toggle(index, row)
  }

  /** Selects from where the last one was picked up to this row, as far as a selection may go. */
  async pickTo(index: number, row: Transaction): Promise<void> {
    const anchor = this.selection.anchor()
    if (anchor === undefined) return this.pick(index, row)
    const from = Math.max(Math.min(anchor, index), index - mostSelected)
    const to = Math.min(Math.max(anchor, index), index + mostSelected)
    this.selectProblem.set(undefined)
    try {
      this.selection.add((await this.rows.all({ from, to })).map(({ row }) => row))
    } catch (error) {
      this.selectProblem.set(asProblem(error))
    }
  }
  readonly selectProblem = signal<Problem | undefined>(undefined)

  readonly exporting = signal(false)
  readonly exportProblem = signal<Problem | undefined>(undefined)

  /** The rows that are filtered, all of them, as a file of the browser's. */
  async download(format: 'csv' | 'parquet'): Promise<void> {
    this.exporting.set(true)
    this.exportProblem.set(undefined)
    try {
      saveAs(await this.#money.exportRows(this.filter(), format), `transactions.${format}`)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.exportProblem.set(error)
    } finally {
      this.exporting.set(false)
    }
  }

  #filterBy(filter: TransactionFilter): void {
    clearTimeout(this.#typing)
    this.#go(paramsOf(filter), false)
  }

  #go(queryParams: Record<string, string | null>, replaceUrl: boolean): void {
    void this.#router.navigate([], {
      relativeTo: this.#route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl,
    })
  }
}
