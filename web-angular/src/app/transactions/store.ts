import { computed, DestroyRef, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Load, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { Problem } from '../api/problem.ts'
import type { Transaction, TransactionFilter } from '../api/types.ts'
import { accountName } from '../ui/row-line.ts'
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
  readonly first = new Load((ask) => this.#money.transactions(this.filter(), { limit: pageSize }, ask))
  readonly #rest = signal<{ items: Transaction[]; cursor: string | undefined }>({ items: [], cursor: undefined })
  readonly more = signal<More>({ status: 'idle' })
  #typing: ReturnType<typeof setTimeout> | undefined

  readonly rows = computed(() => [...(this.first.value()?.items ?? []), ...this.#rest().items])
  readonly totals = computed(() => this.first.value()?.totals)
  readonly builtAt = computed(() => this.first.value()?.as_of.built_at ?? undefined)
  readonly accountNames = computed(
    () => new Map((this.accounts.value()?.items ?? []).map((account) => [account.id, accountName(account)])),
  )

  constructor() {
    void this.accounts.load()
    effect(() => {
      this.filter()
      untracked(() => void this.#start(undefined, false))
    })
    const off = inject(Live).on(['marts'], (news) => void this.#start(news.log_position, true))
    inject(DestroyRef).onDestroy(() => {
      off()
      this.first.stop()
      clearTimeout(this.#typing)
    })
  }

  /** Changes some of the filter, by the URL: back takes it back. */
  change(some: TransactionFilter): void {
    clearTimeout(this.#typing)
    const queryParams = paramsOf({ ...this.filter(), ...some })
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' })
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

  /** The list has come near its end: the next page, once. */
  async loadMore(): Promise<void> {
    const first = this.first.value()
    const cursor = this.#rest().cursor
    if (!first || cursor === undefined || this.more().status === 'loading' || this.first.state().status === 'loading')
      return
    this.more.set({ status: 'loading' })
    try {
      const page = await this.#money.transactions(this.filter(), { limit: pageSize, cursor })
      if (this.first.value() !== first) return
      this.#rest.update((rest) => ({ items: [...rest.items, ...page.items], cursor: page.next_cursor }))
      this.more.set({ status: 'idle' })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.more.set({ status: 'failed', problem: error })
    }
  }

  /**
   * A cursor is stable under new rows, but what it has brought so far is not read again: after news the list holds the
   * first page anew and, where the person has scrolled on, as many rows as stood there.
   */
  async #start(logPosition: string | undefined, keep: boolean): Promise<void> {
    const wanted = keep ? this.rows().length : 0
    if (keep) await this.first.refresh(logPosition)
    else {
      this.#rest.set({ items: [], cursor: undefined })
      await this.first.load({ keep: true })
    }
    const first = this.first.state()
    if (first.status !== 'ready') return
    let rest: { items: Transaction[]; cursor: string | undefined } = { items: [], cursor: first.value.next_cursor }
    while (rest.cursor !== undefined && first.value.items.length + rest.items.length < wanted) {
      const page = await this.#money
        .transactions(this.filter(), { limit: 200, cursor: rest.cursor })
        .catch(() => undefined)
      if (this.first.value() !== first.value) return
      if (!page) break
      rest = { items: [...rest.items, ...page.items], cursor: page.next_cursor }
    }
    this.#rest.set(rest)
    this.more.set({ status: 'idle' })
  }
}
