import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type {
  Account,
  AccountKind,
  AsOf,
  CashFlowAnswer,
  DailyBalance,
  Explanation,
  List,
  NetWorthAnswer,
  ProofInterval,
  RecurringAnswer,
  SpendingAnswer,
  TransactionFilter,
  TransactionMonths,
  TransactionPage,
} from './types.ts'

export type Days = { from: string; to: string }

/** Accounts, rows and what is counted from them. */
@Injectable({ providedIn: 'root' })
export class MoneyApi {
  readonly #http = inject(Http)

  accounts(ask?: Ask): Promise<List<Account>> {
    return this.#http.get('/accounts', {}, ask)
  }

  account(id: string, ask?: Ask): Promise<Account> {
    return this.#http.get(`/accounts/${encodeURIComponent(id)}`, {}, ask)
  }

  /** `kind` null: as the bank says, again. */
  change(id: string, said: { name?: string; kind?: AccountKind | null }): Promise<Answer<Account>> {
    return this.#http.patch(`/accounts/${encodeURIComponent(id)}`, said)
  }

  balances(id: string, from: string, to: string, ask?: Ask): Promise<{ items: DailyBalance[]; as_of: AsOf }> {
    return this.#http.get(`/accounts/${encodeURIComponent(id)}/balances`, { from, to }, ask)
  }

  /** Oldest first: each two statements of the balance, and what may be wrong between them. */
  proof(id: string, ask?: Ask): Promise<{ items: ProofInterval[]; as_of: AsOf }> {
    return this.#http.get(`/accounts/${encodeURIComponent(id)}/proof`, {}, ask)
  }

  /** Newest first; `totals` come with the first page only (no cursor). */
  transactions(
    filter: TransactionFilter,
    page: { limit: number; cursor?: string },
    ask?: Ask,
  ): Promise<TransactionPage> {
    return this.#http.get('/transactions', { ...filter, ...page }, ask)
  }

  /** How many rows each month has, newest first: where in the list a month begins, before its rows are there. */
  transactionMonths(filter: TransactionFilter, ask?: Ask): Promise<TransactionMonths> {
    return this.#http.get('/transactions/months', filter, ask)
  }

  exportRows(filter: TransactionFilter, format: 'csv' | 'parquet', ask?: Ask): Promise<Blob> {
    return this.#http.getFile('/transactions/export', { ...filter, format }, ask)
  }

  /** Down to the bank's own bytes. */
  explain(id: string, ask?: Ask): Promise<Explanation> {
    return this.#http.get(`/transactions/${encodeURIComponent(id)}/explain`, {}, ask)
  }

  /** `by`: what each figure stands for, such as a category in a month. */
  spending(
    by: readonly ('month' | 'category' | 'merchant')[],
    days: Days & { account_id?: string; currency?: string },
    ask?: Ask,
  ): Promise<SpendingAnswer> {
    const { from, to, ...rest } = days
    return this.#http.get('/analytics/spending', { group_by: by.join(','), date_from: from, date_to: to, ...rest }, ask)
  }

  netWorth(interval: 'day' | 'month', days: Days, ask?: Ask): Promise<NetWorthAnswer> {
    return this.#http.get('/analytics/net-worth', { interval, date_from: days.from, date_to: days.to }, ask)
  }

  recurring(ask?: Ask): Promise<RecurringAnswer> {
    return this.#http.get('/analytics/recurring', {}, ask)
  }

  cashFlow(interval: 'day' | 'month', days: Days & { account_id?: string }, ask?: Ask): Promise<CashFlowAnswer> {
    const { from, to, ...rest } = days
    return this.#http.get('/analytics/cash-flow', { interval, date_from: from, date_to: to, ...rest }, ask)
  }
}
