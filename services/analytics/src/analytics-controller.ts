import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type OutputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { dailyBalances, listAccounts } from './application/accounts.ts'
import { netWorth } from './application/net-worth.ts'
import { oneTransaction } from './application/one-transaction.ts'
import type { MartRegistry } from './application/ports.ts'
import { accountProof } from './application/proof.ts'
import { recurring } from './application/recurring.ts'
import { cashFlow, spending } from './application/spending.ts'
import { checkDays, listTransactions, transactionMonths } from './application/transactions.ts'
import type { Bounds } from './bounds.ts'

/** The space is the principal's; no request names one. */
@Controller()
export class AnalyticsController {
  readonly #registry: MartRegistry
  readonly #bounds: Bounds

  constructor(@Inject('registry') registry: MartRegistry, @Inject('bounds') bounds: Bounds) {
    this.#registry = registry
    this.#bounds = bounds
  }

  @Answers(requests.analytics.accounts)
  async accounts(_: object, { spaceId }: Principal): Promise<OutputOf<typeof requests.analytics.accounts>> {
    return listAccounts(this.#registry, spaceId)
  }

  @Answers(requests.analytics.balances)
  async balances(
    input: InputOf<typeof requests.analytics.balances>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.balances>> {
    checkDays({ from: input.from, to: input.to })
    return dailyBalances(this.#registry, spaceId, input)
  }

  @Answers(requests.analytics.proof)
  async proof(
    input: InputOf<typeof requests.analytics.proof>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.proof>> {
    checkDays({ from: input.from, to: input.to })
    return accountProof(this.#registry, spaceId, input, this.#bounds)
  }

  @Answers(requests.analytics.transactions)
  async transactions(
    filter: InputOf<typeof requests.analytics.transactions>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.transactions>> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    return listTransactions(this.#registry, spaceId, filter)
  }

  @Answers(requests.analytics.transaction)
  transaction(
    { id }: InputOf<typeof requests.analytics.transaction>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.transaction>> {
    return oneTransaction(this.#registry, spaceId, id)
  }

  @Answers(requests.analytics.spending)
  async spending(
    query: InputOf<typeof requests.analytics.spending>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.spending>> {
    return spending(this.#registry, spaceId, query, this.#bounds.maxRows)
  }

  @Answers(requests.analytics.cashFlow)
  async cashFlow(
    query: InputOf<typeof requests.analytics.cashFlow>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.cashFlow>> {
    return cashFlow(this.#registry, spaceId, query, this.#bounds.maxRows)
  }

  @Answers(requests.analytics.netWorth)
  async netWorth(
    query: InputOf<typeof requests.analytics.netWorth>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.netWorth>> {
    return netWorth(this.#registry, spaceId, query, this.#bounds.maxRows)
  }

  @Answers(requests.analytics.recurring)
  async recurring(
    query: InputOf<typeof requests.analytics.recurring>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.recurring>> {
    return recurring(this.#registry, spaceId, query)
  }

  @Answers(requests.analytics.transactionMonths)
  async transactionMonths(
    filter: InputOf<typeof requests.analytics.transactionMonths>,
    { spaceId }: Principal,
  ): Promise<OutputOf<typeof requests.analytics.transactionMonths>> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    return transactionMonths(this.#registry, spaceId, filter)
  }
}
