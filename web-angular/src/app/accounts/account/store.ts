import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { IdentityApi } from '../../api/identity.ts'
import { Following, liveLoad } from '../../api/load.ts'
import { MoneyApi } from '../../api/money.ts'
import { asProblem } from '../../api/problem.ts'
import { addDays, addMonths, firstDay, lastDay, later, monthOf, today } from '../../ui/days.ts'
import { problemText } from '../../ui/problem-text.ts'
import { monthsOfCalendar } from './proof-calendar.ts'
import { tellingOf } from './proof-days.ts'

export type Span = 'month' | 'quarter' | 'year'
const spanDays: Record<Span, number> = { month: 31, quarter: 92, year: 365 }
const latestRows = 8

type Doing = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }

@Injectable()
export class AccountStore {
  readonly #money = inject(MoneyApi)
  readonly #identity = inject(IdentityApi)
  readonly id = signal<string>('')
  readonly span = signal<Span>('quarter')

  readonly account = liveLoad(
    ['marts', 'connections'],
    (ask) => this.#money.account(this.id(), ask),
    (news) => news.account_id === undefined || news.account_id === this.id(),
  )
  readonly balances = liveLoad(['marts'], (ask) => this.#money.balances(this.id(), this.from(), this.to(), ask))
  readonly balancesCard = new Following(this.account, this.balances)
  readonly proof = liveLoad(['marts'], (ask) => this.#money.proof(this.id(), ask))
  readonly rows = liveLoad(['marts'], (ask) =>
    this.#money.transactions({ account_id: this.id() }, { limit: latestRows }, ask),
  )

  readonly to = computed(() => {
    const last = this.account.value()?.last_date ?? ''
    return later(last, today())
  })
  readonly from = computed(() => addDays(this.to(), -spanDays[this.span()]))
  readonly gone = computed(() => {
    const state = this.account.state()
    return state.status === 'failed' && state.problem.status === 404
  })

  readonly intervals = computed(() => this.proof.value()?.items ?? [])
  /** Newest first; a gap that another balance narrows is told there. */
  readonly gaps = computed(() =>
    this.intervals()
      .filter((one) => one.status === 'gap' && one.reason !== 'narrowed')
      .reverse(),
  )

  /** Of the calendar: its last month, and what anything is known of. */
  readonly #back = signal(0)
  readonly month = computed(() => addMonths(monthOf(this.to()), -this.#back()))
  readonly isLatest = computed(() => this.#back() === 0)
  readonly firstKnown = computed(() => {
    const first = this.account.value()?.first_date ?? this.to()
    const stated = this.intervals()[0]?.from_date ?? first
    return first < stated ? first : stated
  })
  readonly lastKnown = computed(() =>
    later(this.account.value()?.last_date ?? '', this.intervals().at(-1)?.to_date ?? ''),
  )
  /** The day that is opened, and what tells of it. */
  readonly day = signal<string | undefined>(undefined)
  readonly opened = computed(() => {
    const day = this.day()
    return day === undefined ? undefined : { day, interval: tellingOf(day, this.intervals()) }
  })

  readonly #doing = signal<Doing>({ status: 'idle' })
  /** The user's word on what is one payment, as long as this page is open: the way back is at hand. */
  readonly decision = signal<string | undefined>(undefined)
  readonly busy = computed(() => this.#doing().status === 'loading')
  readonly decideError = computed(() => {
    const doing = this.#doing()
    return doing.status === 'failed' ? doing.text : ''
  })

  constructor() {
    effect(() => {
      if (this.id() === '') return
      untracked(() => {
        this.day.set(undefined)
        this.#back.set(0)
        this.decision.set(undefined)
        void this.account.load()
        void this.proof.load()
        void this.rows.load()
      })
    })
    effect(() => {
      const ready = this.id() !== '' && this.account.value() !== undefined
      this.from()
      if (ready) untracked(() => void this.balances.refresh())
    })
  }

  /** Shows a day, with its month in the calendar. */
  open(day: string | undefined): void {
    this.day.set(day)
    if (day === undefined) return
    const shown = day >= firstDay(addMonths(this.month(), 1 - monthsOfCalendar)) && day <= lastDay(this.month())
    if (!shown) this.#back.set(monthsApart(monthOf(day), monthOf(this.to())))
  }

  move(months: number): void {
    this.#back.update((back) => Math.max(0, back - months))
  }

  samePayment(ids: readonly string[]): Promise<void> {
    return this.#do(async () => {
      const { body, logPosition } = await this.#identity.decide(ids, 'same')
      this.decision.set(body.id)
      return logPosition
    })
  }

  takeBack(): Promise<void> {
    const id = this.decision()
    if (id === undefined) return Promise.resolve()
    return this.#do(async () => {
      const { logPosition } = await this.#identity.takeBack(id)
      this.decision.set(undefined)
      return logPosition
    })
  }

  async #do(act: () => Promise<string | undefined>): Promise<void> {
    this.#doing.set({ status: 'loading' })
    try {
      const position = await act()
      await Promise.all([this.account, this.proof, this.rows, this.balances].map((load) => load.refresh(position)))
      this.#doing.set({ status: 'idle' })
    } catch (error) {
      this.#doing.set({ status: 'failed', text: problemText(asProblem(error)) })
    }
  }
}

const monthsApart = (from: string, to: string): number => {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
  return number(to) - number(from)
}
