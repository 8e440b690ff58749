import { Remembered } from '../api/preferences.ts'
import type { TransactionFilter } from '../api/types.ts'
import { filterOf } from './filter.ts'

/** A filter under a name of the user's. */
export type SavedFilter = { name: string; filter: TransactionFilter }

const key = 'transactions.filters'
/** As many as a menu shows without being searched itself. */
export const mostSaved = 30
export const longestName = 60

/** What an older or newer page, or a hand, has written there is read as far as it makes sense. */
export function savedOf(value: unknown): SavedFilter[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown) => {
    if (one === null || typeof one !== 'object' || !('name' in one) || !('filter' in one)) return []
    const { name, filter } = one
    if (typeof name !== 'string' || filter === null || typeof filter !== 'object') return []
    const words = Object.entries(filter).filter(([, word]) => typeof word === 'string')
    return [{ name, filter: filterOf(Object.fromEntries(words)) }]
  })
}

/** Filters that the server remembers, by name; made where a store is. */
export class SavedFilters {
  readonly #remembered = new Remembered(key, savedOf)
  readonly all = this.#remembered.value
  readonly problem = this.#remembered.problem

  /** Under a name that is there already, the new one stands in its place. */
  save(name: string, filter: TransactionFilter): Promise<void> {
    return this.#remembered.change((all) => {
      const others = all.filter((one) => one.name !== name)
      return [...others, { name, filter }].slice(-mostSaved)
    })
  }

  remove(name: string): Promise<void> {
    return this.#remembered.change((all) => all.filter((one) => one.name !== name))
  }
}
