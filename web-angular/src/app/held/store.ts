import { computed, Injectable, inject, signal } from '@angular/core'
import { type HeldAnswer, HeldRows } from '../api/held-rows.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { asProblem } from '../api/problem.ts'
import type { HeldItem, Transaction } from '../api/types.ts'
import { heldTexts } from '../texts/held.ts'
import { addDays } from '../ui/days.ts'
import { Done } from '../ui/done.ts'
import { problemText } from '../ui/problem-text.ts'
import { accountNames } from '../ui/row-line.ts'

/** A candidate of another source lies at most three days off; one day more for the zones. */
const candidateDays = 4

@Injectable()
export class HeldStore {
  readonly #held = inject(HeldRows)
  readonly #money = inject(MoneyApi)
  readonly #done = inject(Done)

  readonly waiting = liveLoad(['held', 'marts'], (ask) => this.#held.list(false, ask))
  readonly all = liveLoad(['held', 'marts'], (ask) => this.#held.list(true, ask))
  readonly accounts = liveLoad(['connections', 'marts'], (ask) => this.#money.accounts(ask))

  readonly decided = computed(() => (this.all.value()?.items ?? []).filter((item) => item.decision !== null))
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))
  readonly currencies = computed(
    () => new Map((this.accounts.value()?.items ?? []).map((account) => [account.id, account.currency])),
  )
  readonly #busy = signal<ReadonlySet<string>>(new Set())
  readonly #errors = signal<ReadonlyMap<string, string>>(new Map())
  readonly #candidates = signal<ReadonlyMap<string, readonly Transaction[]>>(new Map())

  constructor() {
    for (const load of [this.waiting, this.all, this.accounts]) void load.load()
  }

  busy(id: string): boolean {
    return this.#busy().has(id)
  }

  errorOf(id: string): string | undefined {
    return this.#errors().get(id)
  }

  /** Payments that a held row may be; asked for when somebody looks. */
  candidatesOf(id: string): readonly Transaction[] | undefined {
    return this.#candidates().get(id)
  }

  async lookAtCandidates({ id, account_id, read, candidates }: HeldItem): Promise<void> {
    if (read.date === null || this.#candidates().has(id)) return
    const days = { date_from: addDays(read.date, -candidateDays), date_to: addDays(read.date, candidateDays) }
    await this.#doing(id, async () => {
      const page = await this.#money.transactions({ account_id, ...days }, { limit: 200 })
      const found = page.items.filter((row) => candidates.includes(row.id))
      this.#candidates.update((known) => new Map(known).set(id, found))
    })
  }

  decide(id: string, answer: HeldAnswer): Promise<void> {
    return this.#doing(id, async () => {
      const { logPosition } = await this.#held.decide(id, answer)
      this.#done.say(heldTexts.verdicts[answer.verdict] ?? answer.verdict, () => this.#takeBack(id))
      await Promise.all([this.waiting.refresh(logPosition), this.all.refresh(logPosition)])
    })
  }

  takeBack(id: string): Promise<void> {
    return this.#doing(id, () => this.#takeBack(id))
  }

  async #takeBack(id: string): Promise<void> {
    const { logPosition } = await this.#held.takeBack(id)
    await Promise.all([this.waiting.refresh(logPosition), this.all.refresh(logPosition)])
  }

  async #doing(id: string, act: () => Promise<void>): Promise<void> {
    if (this.busy(id)) return
    this.#busy.update((busy) => new Set(busy).add(id))
    this.#errors.update((errors) => new Map([...errors].filter(([key]) => key !== id)))
    try {
      await act()
    } catch (error) {
      this.#errors.update((errors) => new Map(errors).set(id, problemText(asProblem(error))))
    } finally {
      this.#busy.update((busy) => new Set([...busy].filter((one) => one !== id)))
    }
  }
}
