import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Load, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { Problem } from '../api/problem.ts'
import type { Transaction, TransactionFilter, TransactionPage } from '../api/types.ts'
import { accountNames } from '../ui/row-line.ts'
import { saveAs } from '../ui/save-as.ts'
import { filterOf, isFiltered, paramsOf } from './filter.ts'

const pageSize = 100
/** Typing settles before the URL changes; the list itself answers from the URL. */
const typingMs = 200

type More = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; problem: Problem }

/** The rows that the URL asks for: first page with totals, then on by cursor as the list is scrolled. */
@Injectable()
export class TransactionsStore {
  readonly #money = inject(MoneyApi)
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
  /** The latest first page; it is `shown` unless news would push rows about under the eyes. */
  readonly first = new Load((ask) => this.#money.transactions(this.filter(), { limit: pageSize }, ask))
  readonly shown = signal<TransactionPage | undefined>(undefined)
  /** New rows are there and wait for the person's word. */
  readonly waiting = signal(false)
  readonly #rest = signal<{ items: Transaction[]; cursor: string | undefined }>({ items: [], cursor: undefined })
  readonly more = signal<More>({ status: 'idle' })
  #typing: ReturnType<typeof setTimeout> | undefined

  readonly rows = computed(() => [...(this.shown()?.items ?? []), ...this.#rest().items])
  readonly totals = computed(() => this.shown()?.totals)
  readonly builtAt = computed(() => this.shown()?.as_of.built_at ?? undefined)
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))

  /** The row that is explained: by the URL's `row`. */
  readonly openId = computed(() => this.#params().get('row') ?? undefined)
  readonly explained = new Load((ask) => this.#money.explain(this.openId() ?? '', ask))

  constructor() {
    void this.accounts.load()
    effect(() => {
      if (this.openId() !== undefined) untracked(() => void this.explained.load())
      else untracked(() => this.explained.stop())
    })
    effect(() => {
      this.filter()
      untracked(() => void this.#start(undefined, false))
    })
    const off = inject(Live).on(['marts'], (news) => {
      void this.#start(news.log_position, true)
      if (this.openId() !== undefined) void this.explained.refresh(news.log_position)
    })
    inject(DestroyRef).onDestroy(() => {
      off()
      this.first.stop()
      this.explained.stop()
      clearTimeout(this.#typing)
    })
  }

  /** Changes some of the filter, by the URL: back takes it back. */
  change(some: TransactionFilter): void {
    clearTimeout(this.#typing)
    const queryParams = paramsOf({ ...this.filter(), ...some })
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' })
  }

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

  /** Opens a row's explanation, or closes it. */
  open(id: string | undefined): void {
    void this.#router.navigate([], {
      relativeTo: this.#route,
      queryParams: { row: id ?? null },
      queryParamsHandling: 'merge',
      replaceUrl: this.openId() !== undefined && id !== undefined,
    })
  }

  type(q: string): void {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => {
      const queryParams = { q: q.trim() || null }
      void this.#router.navigate([], {
        relativeTo: this.#route,
        queryParams,
        queryParamsHandling: 'merge',
        replaceUrl: true,
      })
    }, typingMs)
  }

  clear(): void {
    void this.#router.navigate([], { relativeTo: this.#route, queryParams: paramsOf({}), queryParamsHandling: 'merge' })
  }

  retry(): void {
    void this.#start(undefined, true)
  }

  /** Puts the new rows into the list: at the person's word, so they may push. */
  showNew(): Promise<void> {
    return this.#show()
  }

  /** The list has come near its end: the next page, once. */
  async loadMore(): Promise<void> {
    const first = this.shown()
    const cursor = this.#rest().cursor
    if (!first || cursor === undefined || this.more().status === 'loading' || this.first.state().status === 'loading')
      return
    this.more.set({ status: 'loading' })
    try {
      const page = await this.#money.transactions(this.filter(), { limit: pageSize, cursor })
      if (this.shown() !== first) return
      this.#rest.update((rest) => ({ items: [...rest.items, ...page.items], cursor: page.next_cursor }))
      this.more.set({ status: 'idle' })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.more.set({ status: 'failed', problem: error })
    }
  }

  /** News changes rows in place at once; what would move them waits. A list that is empty has nothing to move. */
  async #start(logPosition: string | undefined, keep: boolean): Promise<void> {
    if (keep) await this.first.refresh(logPosition)
    else {
      this.#rest.set({ items: [], cursor: undefined })
      this.waiting.set(false)
      await this.first.load({ keep: true })
    }
    const first = this.first.state()
    if (first.status !== 'ready') return
    const shown = this.shown()
    if (keep && shown !== undefined && shown.items.length > 0 && !standsStill(shown, first.value)) {
      this.waiting.set(true)
      return
    }
    await this.#show()
  }

  /**
   * A cursor is stable under new rows, but what it has brought so far is not read again: the list then holds the first
   * page anew and, where the person has scrolled on, as many rows as stood there.
   */
  async #show(): Promise<void> {
    const first = this.first.value()
    if (first === undefined || first === this.shown()) return
    const wanted = this.rows().length
    this.shown.set(first)
    this.waiting.set(false)
    let rest: { items: Transaction[]; cursor: string | undefined } = { items: [], cursor: first.next_cursor }
    while (rest.cursor !== undefined && first.items.length + rest.items.length < wanted) {
      const page = await this.#money
        .transactions(this.filter(), { limit: 200, cursor: rest.cursor })
        .catch(() => undefined)
      if (this.shown() !== first) return
      if (!page) break
      rest = { items: [...rest.items, ...page.items], cursor: page.next_cursor }
    }
    this.#rest.set(rest)
    this.more.set({ status: 'idle' })
  }
}

/** The same rows in the same places, whatever changed within them. */
const standsStill = (before: TransactionPage, after: TransactionPage): boolean =>
  before.totals?.count === after.totals?.count &&
  before.items.length === after.items.length &&
  before.items.every((row, index) => row.id === after.items[index]?.id)
