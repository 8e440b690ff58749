import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { Remembered } from '../api/preferences.ts'
import { asProblem } from '../api/problem.ts'
import type { Account, AccountKind, DailyBalance } from '../api/types.ts'
import { accountsTexts } from '../texts/accounts.ts'
import { accountKinds } from '../ui/account-line.ts'
import { sums } from '../ui/amount.ts'
import { latestDay } from '../ui/counted.ts'
import { addDays } from '../ui/days.ts'
import { Done } from '../ui/done.ts'
import { problemText } from '../ui/problem-text.ts'

/** How far back the line beside a balance goes. */
export const trendDays = 90
const hiddenKey = 'accounts.hidden'

export const idsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

@Injectable()
export class AccountsStore {
  readonly #money = inject(MoneyApi)
  readonly #done = inject(Done)
  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly #hidden = new Remembered(hiddenKey, idsOf)
  readonly hideProblem = this.#hidden.problem
  readonly renameProblem = signal('')
  /** New names, and kinds, that the list has not told yet. */
  readonly #names = signal<ReadonlyMap<string, string>>(new Map())
  readonly #kinds = signal<ReadonlyMap<string, AccountKind>>(new Map())

  readonly #all = computed(() =>
    (this.accounts.value()?.items ?? []).map((one) => ({
      ...one,
      name: this.#names().get(one.id) ?? one.name,
      kind: this.#kinds().get(one.id) ?? one.kind,
    })),
  )
  readonly groups = computed(() => {
    const shown = this.#all().filter(({ id }) => !this.#hidden.value().includes(id))
    return accountKinds.flatMap((kind) => {
      const accounts = shown.filter((account) => account.kind === kind)
      return accounts.length === 0
        ? []
        : [{ kind, accounts, sums: sums(accounts.flatMap((account) => account.balances.booked ?? [])) }]
    })
  })
  readonly hidden = computed(() => this.#all().filter(({ id }) => this.#hidden.value().includes(id)))

  /** By account: its last days. An account whose days cannot be read has no line; its figure stands. */
  readonly #days = liveLoad(['marts'], async (ask) => {
    const accounts = this.accounts.value()?.items ?? []
    const to = latestDay(accounts)
    const from = addDays(to, -trendDays)
    const read = accounts.map(async ({ id }) => [id, (await this.#money.balances(id, from, to, ask)).items] as const)
    return new Map(await Promise.all(read))
  })

  constructor() {
    void this.accounts.load()
    effect(() => {
      if (this.accounts.value()) untracked(() => void this.#days.refresh())
    })
  }

  daysOf(id: string): readonly DailyBalance[] | undefined {
    return this.#days.value()?.get(id)
  }

  hide(id: string): void {
    void this.#hidden.change((ids) => [...ids.filter((one) => one !== id), id])
  }

  show(id: string): void {
    void this.#hidden.change((ids) => ids.filter((one) => one !== id))
  }

  async rename({ id, name: before }: Account, name: string): Promise<void> {
    this.renameProblem.set('')
    this.#names.update((names) => new Map(names).set(id, name))
    try {
      const { logPosition } = await this.#money.change(id, { name })
      await this.accounts.refresh(logPosition)
    } catch (error) {
      this.renameProblem.set(`${problemText(asProblem(error))} ${accountsTexts.renameFailed(before)}`)
    }
    this.#names.update((names) => new Map([...names].filter(([key]) => key !== id)))
  }
  /** At once on the page; null is the bank's word again. Can be taken back. */
  async choose(account: Account, kind: AccountKind | null): Promise<void> {
    const before = account.kind_source === 'user' ? account.kind : null
    try {
      await this.#say(account.id, kind)
      this.#done.say(accountsTexts.kindDone[kind ?? 'bank'](account.name), () => this.#say(account.id, before))
    } catch (error) {
      this.#done.fail(problemText(asProblem(error)))
    }
  }

  async #say(id: string, kind: AccountKind | null): Promise<void> {
    if (kind !== null) this.#kinds.update((kinds) => new Map(kinds).set(id, kind))
    try {
      const { logPosition } = await this.#money.change(id, { kind })
      await this.accounts.refresh(logPosition)
    } finally {
      this.#kinds.update((kinds) => new Map([...kinds].filter(([key]) => key !== id)))
    }
  }
}
