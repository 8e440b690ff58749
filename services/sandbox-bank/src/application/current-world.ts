import { type Day, textOfDay } from '../domain/days.ts'
import {
  type AccountView,
  type BankAccount,
  bookedRow,
  pendingRow,
  type RowIds,
  rowIdsOf,
  viewOf,
  type WireRow,
} from '../domain/payment.ts'
import { type Quirks, quirkedRows, shownDay } from '../domain/quirks.ts'
import { uuidOf } from '../domain/random.ts'
import { type WorldSpec, worldOf } from '../domain/world.ts'
import type { Store } from './ports.ts'

/** `institution`: the bank that holds the accounts, where it is not the demo's. */
export type WorldSettings = { spec: WorldSpec; accountIds: 'new' | 'same'; quirks?: Quirks; institution?: string }

type Days = { today: Day; from: Day; to: Day }

/** Rows kept ready in memory over all accounts; the least recently used account goes first. */
const MOST_CACHED_ROWS = 400_000
/** Bytes of transaction answers kept ready. */
const MOST_CACHED_BYTES = 96 * 1024 * 1024

/** The world that was last reset to, with what is costly about it kept ready. */
export class CurrentWorld {
  readonly #store: Store
  #made: { settings: WorldSettings; accounts: Map<string, BankAccount> } | null = null
  readonly #views = new Map<string, { today: Day; view: AccountView }>()
  readonly #bodies = new Map<string, Buffer>()

  constructor(store: Store) {
    this.#store = store
  }

  settings(): WorldSettings {
    const settings = this.#store.get<WorldSettings>('world')
    if (!settings) throw new Error('world: found none in the state, expected one from the first start; reset the bank')
    return settings
  }

  accounts(): BankAccount[] {
    return [...this.#world().values()]
  }

  accountsAt(institutionId: string): BankAccount[] {
    return this.accounts().filter((account) => account.institutionId === institutionId)
  }

  account(key: string): BankAccount | undefined {
    return this.#world().get(key)
  }

  /** How often an account was linked in this world. */
  links(key: string): number {
    return this.#store.get<number>(`links/${key}`) ?? 0
  }

  /** The provider account id that the next link of this account will give out. */
  nextAccountId(key: string): string {
    const { spec, accountIds } = this.settings()
    return uuidOf(`${spec.seed}/${key}/${accountIds === 'new' ? this.links(key) : 0}`)
  }

  view(account: BankAccount, today: Day): AccountView {
    const cached = this.#views.get(account.key)
    this.#views.delete(account.key)
    const entry = cached?.today === today ? cached : { today, view: viewOf(account, today) }
    this.#views.set(account.key, entry)
    evict(this.#views, MOST_CACHED_ROWS, ({ view }) => view.booked.length)
    return entry.view
  }

  /**
   * The transactions object of the wire as JSON: rows whose booking or value day lies in [from, to], both included. A bank
   * that gives no pending rows has no such list.
   */
  transactionsJson(account: BankAccount, today: Day, from: Day, to: Day, pending = true): Buffer {
    const name = `${account.key}/${today}/${from}/${to}/${pending}`
    const cached = this.#bodies.get(name)
    this.#bodies.delete(name)
    const body = cached ?? this.#writeTransactions(account, { today, from, to }, pending)
    this.#bodies.set(name, body)
    evict(this.#bodies, MOST_CACHED_BYTES, (bytes) => bytes.length)
    return body
  }

  /** Forgets what was made: the state has another world now. */
  forget(): void {
    this.#made = null
    this.#views.clear()
    this.#bodies.clear()
  }

  /** The rows that the bank shows in [from, to] (booking or value day), habits included; newest first. */
  rows(account: BankAccount, today: Day, from: Day, to: Day): { booked: unknown[]; pending: WireRow[] } {
    const view = this.view(account, today)
    const { spec, quirks } = this.settings()
    const ids: RowIds = rowIdsOf(spec.seed, account.key)
    const within = (day: Day) => day >= from && day <= to
    const booked = view.booked.filter((row) => within(shownDay(row, account, today, quirks)) || within(row.valueDay))
    const pending = view.pending.filter((row) => within(row.pendingFrom ?? row.valueDay) || within(row.valueDay))
    if (quirks !== undefined) return quirkedRows({ booked, pending }, account, { today, from, to }, ids, quirks)
    return {
      booked: booked.map((payment) => bookedRow(payment, account.currency, ids)),
      pending: pending.map((payment) => pendingRow(payment, account.currency, ids)),
    }
  }

  #writeTransactions(account: BankAccount, { today, from, to }: Days, withPending: boolean): Buffer {
    const { booked, pending } = this.rows(account, today, from, to)
    return Buffer.from(JSON.stringify(withPending ? { booked, pending } : { booked }))
  }

  #world(): Map<string, BankAccount> {
    if (!this.#made) {
      const settings = this.settings()
      const at = settings.institution === undefined ? {} : { institutionId: settings.institution }
      const accounts = worldOf(settings.spec).map((account) => ({ ...account, ...at }))
      this.#made = { settings, accounts: new Map(accounts.map((account) => [account.key, account])) }
    }
    return this.#made.accounts
  }
}

/** The spec as the control API shows it. */
export function describeWorld({ spec, accountIds, quirks, institution }: WorldSettings): Record<string, unknown> {
  const { asOf, ...rest } = spec
  const bulk =
    rest.scenario === 'bulk'
      ? { accounts: rest.accounts, transactions_per_account: rest.transactionsPerAccount, days: rest.days }
      : {}
  const told = { ...(quirks && { quirks: { seed: quirks.seed } }), ...(institution !== undefined && { institution }) }
  return { scenario: rest.scenario, seed: rest.seed, as_of: textOfDay(asOf), account_ids: accountIds, ...bulk, ...told }
}

/** Drops the least recently used entries, never the newest, until the rest fits. */
export function evict<V>(cache: Map<string, V>, most: number, weigh: (value: V) => number): void {
  let weight = 0
  for (const value of cache.values()) weight += weigh(value)
  for (const [key, value] of cache) {
    if (weight <= most || cache.size === 1) return
    weight -= weigh(value)
    cache.delete(key)
  }
}
