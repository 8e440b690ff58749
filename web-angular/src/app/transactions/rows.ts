import { computed, signal } from '@angular/core'
import type { Ask } from '../api/http.ts'
import { Load } from '../api/load.ts'
import type { MoneyApi } from '../api/money.ts'
import { asProblem, type Problem } from '../api/problem.ts'
import type { Totals, Transaction, TransactionFilter, TransactionMonths, TransactionPage } from '../api/types.ts'
import { type PageAsk, RowBook } from './row-book.ts'

const firstPage = 100
const laterPage = 200
/** Questions for one stretch of rows; a place that they do not reach has moved meanwhile. */
const mostQuestions = 400

type Start = { filter: TransactionFilter; page: TransactionPage; months: TransactionMonths }
type More = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; problem: Problem }
export type Range = { from: number; to: number }

/** The list as the page sees it: another object whenever rows have come in. */
export type RowsView = { count: number; at: (index: number) => Transaction | undefined; book: RowBook }

/**
 * The rows of one filter. They begin with their first page, their totals and the months' counts; then come those that are
 * in sight, wherever that is. News changes rows in place at once; what would move them waits for the person's word.
 */
export class Rows {
  readonly #money: MoneyApi
  readonly #filter: () => TransactionFilter
  /** The latest start; it is shown unless news would push rows about under the eyes. */
  readonly start = new Load((ask) => this.#ask(ask))
  readonly #shown = signal<Start | undefined>(undefined)
  readonly #book = signal<RowBook | undefined>(undefined)
  readonly #version = signal(0)
  readonly #more = signal<More>({ status: 'idle' })
  readonly #waiting = signal(false)
  readonly more = this.#more.asReadonly()
  /** New rows are there and wait for the person's word. */
  readonly waiting = this.#waiting.asReadonly()
  /** Another one with each filter: the list then begins at its top. */
  readonly filterCount = signal(0)
  #sight: Range = { from: 0, to: 0 }
  #reading = false

  readonly totals = computed((): Totals | undefined => this.#shown()?.page.totals)
  readonly builtAt = computed(() => this.#shown()?.page.as_of.built_at ?? undefined)
  readonly view = computed((): RowsView | undefined => {
    this.#version()
    const book = this.#book()
    return book && { count: book.count, at: (index) => book.at(index), book }
  })

  constructor(money: MoneyApi, filter: () => TransactionFilter) {
    this.#money = money
    this.#filter = filter
  }

  /** The filter has changed: another list. The rows before stay in sight until its first are there. */
  async open(): Promise<void> {
    this.#waiting.set(false)
    this.#sight = { from: 0, to: 0 }
    await this.start.load({ keep: true })
    const start = this.start.state()
    if (start.status !== 'ready') return
    this.#begin(start.value)
  }

  /** Something has changed, maybe in these rows. */
  async refresh(logPosition?: string): Promise<void> {
    await this.start.refresh(logPosition)
    const start = this.start.state()
    if (start.status !== 'ready') return
    const shown = this.#shown()
    // The first try at this filter had failed.
    if (shown?.filter !== start.value.filter) return this.#begin(start.value)
    if (shown && shown.page.items.length > 0 && !standsStill(shown, start.value)) this.#waiting.set(true)
    else await this.#renew(start.value)
  }

  /** Puts the new rows in, at the person's word. */
  async showNew(): Promise<void> {
    const start = this.start.value()
    if (start) await this.#renew(start)
  }

  /** These places are in sight: their rows are read, the latest sight first. */
  async see(sight: Range): Promise<void> {
    this.#sight = sight
    const book = this.#book()
    if (this.#reading || book === undefined || book.missing(sight.from, sight.to) === undefined) return
    this.#reading = true
    this.#more.set({ status: 'loading' })
    try {
      await this.#read(book, this.#shown(), () => this.#sight)
      this.#more.set({ status: 'idle' })
    } catch (error) {
      this.#more.set({ status: 'failed', problem: asProblem(error) })
    } finally {
      this.#reading = false
    }
    // Meanwhile the list may have become another.
    if (this.#book() !== book) await this.see(this.#sight)
  }

  /** All rows of these places, both ends counted; fewer where the list ends before. Throws where they cannot be read. */
  async all({ from, to }: Range): Promise<{ index: number; row: Transaction }[]> {
    const book = this.#book()
    if (book === undefined) return []
    await this.#read(book, this.#shown(), () => ({ from, to }))
    return Array.from({ length: to - from + 1 }, (_, step) => from + step).flatMap((index) => {
      const row = book.at(index)
      return row ? [{ index, row }] : []
    })
  }

  /** After a page of rows that could not be read. */
  retry(): Promise<void> {
    return this.see(this.#sight)
  }

  stop(): void {
    this.start.stop()
  }

  async #ask(ask: Ask): Promise<Start> {
    const filter = this.#filter()
    const [page, months] = await Promise.all([
      this.#money.transactions(filter, { limit: firstPage }, ask),
      this.#money.transactionMonths(filter, ask),
    ])
    return { filter, page, months }
  }

  /** Another list than the one before, from its top. */
  #begin(start: Start): void {
    this.#show(start, bookOf(start))
    this.filterCount.update((count) => count + 1)
  }

  #show(start: Start, book: RowBook): void {
    this.#shown.set(start)
    this.#book.set(book)
    this.#version.update((version) => version + 1)
    this.#waiting.set(false)
    this.#more.set({ status: 'idle' })
  }

  /** Reads what is in sight anew before it takes the place of what stands there: nothing blinks. */
  async #renew(start: Start): Promise<void> {
    const book = bookOf(start)
    await this.#read(book, start, () => this.#sight).catch(asProblem)
    if (this.start.value() === start) this.#show(start, book)
  }

  async #read(book: RowBook, start: Start | undefined, range: () => Range): Promise<void> {
    const isWanted = () => this.#book() === book || this.start.value() === start
    for (let question = 0; start !== undefined && question < mostQuestions; question++) {
      const { from, to } = range()
      const ask = book.missing(from, to)
      if (ask === undefined) return
      const page = await this.#page(start.filter, ask)
      if (!isWanted()) return
      const same = book.put(ask, page)
      book.forgetFarFrom(from)
      if (book === this.#book()) this.#version.update((version) => version + 1)
      if (!same) {
        this.#waiting.set(true)
        return
      }
    }
  }

  #page(filter: TransactionFilter, ask: PageAsk): Promise<TransactionPage> {
    const days = ask.day === undefined ? {} : { date_to: ask.day }
    const cursor = ask.from === 'cursor' ? { cursor: ask.cursor } : {}
    return this.#money.transactions({ ...filter, ...days }, { limit: laterPage, ...cursor })
  }
}

function bookOf({ filter, page, months }: Start): RowBook {
  const book = new RowBook(page.totals?.count ?? page.items.length, months.items, filter.date_to)
  book.put('first', page)
  return book
}

/** The same rows in the same places, whatever changed within them. */
function standsStill(before: Start, after: Start): boolean {
  return (
    before.page.totals?.count === after.page.totals?.count &&
    before.page.items.length === after.page.items.length &&
    before.page.items.every((row, index) => row.id === after.page.items[index]?.id) &&
    JSON.stringify(before.months.items) === JSON.stringify(after.months.items)
  )
}
