import { computed, signal } from '@angular/core'
import type { Totals, Transaction } from '../api/types.ts'
import { isNegative, sums } from '../ui/amount.ts'

/** More rows than these are not selected one by one: a filter adds them up at the server. */
export const mostSelected = 1000

/** Rows picked by hand, added up to the penny: each currency for itself. */
export class Selection {
  readonly #rows = signal<ReadonlyMap<string, Transaction>>(new Map())
  readonly rows = this.#rows.asReadonly()
  /** Where a stretch begins that is selected with Shift. */
  readonly anchor = signal<number | undefined>(undefined)
  /** A tap selects instead of opening the row: begun without a keyboard, ended with the selection. */
  readonly byHand = signal(false)
  readonly full = computed(() => this.#rows().size >= mostSelected)
  readonly totals = computed((): Totals | undefined => {
    const rows = [...this.#rows().values()]
    if (rows.length === 0 && !this.byHand()) return undefined
    const byCurrency = Map.groupBy(rows, ({ amount }) => amount.currency)
    return {
      count: rows.length,
      by_currency: [...byCurrency].map(([currency, some]) => {
        const amounts = some.map(({ amount }) => amount)
        const sum = (of: typeof amounts) => sums(of)[0] ?? { amount: '0.00', currency }
        return {
          currency,
          in: sum(amounts.filter((amount) => !isNegative(amount))),
          out: sum(amounts.filter(isNegative)),
          net: sum(amounts),
        }
      }),
    }
  })

  toggle(index: number, row: Transaction): void {
    this.anchor.set(index)
    this.#rows.update((rows) => {
      const next = new Map(rows)
      if (!next.delete(row.id) && next.size < mostSelected) next.set(row.id, row)
      return next
    })
  }

  /** By a finger: from the first row on a tap selects, until the last one is taken back. */
  toggleByHand(index: number, row: Transaction): void {
    this.toggle(index, row)
    this.byHand.set(this.#rows().size > 0)
  }

  add(some: readonly Transaction[]): void {
    this.#rows.update((rows) => {
      const next = new Map(rows)
      for (const row of some) if (next.size < mostSelected) next.set(row.id, row)
      return next
    })
  }

  clear(): void {
    this.byHand.set(false)
    this.anchor.set(undefined)
    this.#rows.set(new Map())
  }
}
