import { computed, Injectable, inject } from '@angular/core'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import type { AccountKind } from '../api/types.ts'
import { sums } from '../ui/amount.ts'

const kinds: readonly AccountKind[] = ['current', 'savings', 'card', 'loan', 'other']

@Injectable()
export class AccountsStore {
  readonly #money = inject(MoneyApi)
  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))

  readonly groups = computed(() => {
    const all = this.accounts.value()?.items ?? []
    return kinds.flatMap((kind) => {
      const accounts = all.filter((account) => account.kind === kind)
      return accounts.length === 0
        ? []
        : [{ kind, accounts, sums: sums(accounts.flatMap((account) => account.balances.booked ?? [])) }]
    })
  })

  constructor() {
    void this.accounts.load()
  }
}
