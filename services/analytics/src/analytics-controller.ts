import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Operation, type OutputOf, type Principal, requests } from '@pf/contracts'
import { Answers, type RawJson, type RequestContext, type Unchanged } from '@pf/service-kit'
import { dailyBalances, listAccounts } from './application/accounts.ts'
import { KeptAnswers } from './application/kept-answers.ts'
import { netWorth } from './application/net-worth.ts'
import { oneTransaction } from './application/one-transaction.ts'
import { type MartReads, type MartRegistry, readsUntil } from './application/ports.ts'
import { accountProof } from './application/proof.ts'
import { recurring } from './application/recurring.ts'
import { cashFlow, spending } from './application/spending.ts'
import { checkDays, listTransactions, transactionMonths } from './application/transactions.ts'
import type { Bounds } from './bounds.ts'

type Analytics = typeof requests.analytics
const { analytics } = requests
type Kept<Name extends keyof Analytics> = Promise<RawJson<OutputOf<Analytics[Name]>> | Unchanged>

/** The space is the principal's; no request names one. */
@Controller()
export class AnalyticsController {
  readonly #registry: MartRegistry
  readonly #bounds: Bounds
  readonly #answers: KeptAnswers

  constructor(
    @Inject('registry') registry: MartRegistry,
    @Inject('bounds') bounds: Bounds,
    @Inject(KeptAnswers) answers: KeptAnswers,
  ) {
    this.#registry = registry
    this.#bounds = bounds
    this.#answers = answers
  }

  @Answers(analytics.accounts)
  async accounts(input: object, principal: Principal, context: RequestContext): Kept<'accounts'> {
    return this.#kept(analytics.accounts, input, principal, context, (marts, spaceId) => listAccounts(marts, spaceId))
  }

  @Answers(analytics.balances)
  async balances(
    input: InputOf<Analytics['balances']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'balances'> {
    checkDays({ from: input.from, to: input.to })
    return this.#kept(analytics.balances, input, principal, context, (marts, spaceId) =>
      dailyBalances(marts, spaceId, input),
    )
  }

  @Answers(analytics.proof)
  async proof(input: InputOf<Analytics['proof']>, principal: Principal, context: RequestContext): Kept<'proof'> {
    checkDays({ from: input.from, to: input.to })
    return this.#kept(analytics.proof, input, principal, context, (marts, spaceId) =>
      accountProof(marts, spaceId, input, this.#bounds),
    )
  }

  @Answers(analytics.transactions)
  async transactions(
    filter: InputOf<Analytics['transactions']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'transactions'> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    return this.#kept(analytics.transactions, filter, principal, context, (marts, spaceId) =>
      listTransactions(marts, spaceId, filter),
    )
  }

  @Answers(analytics.transaction)
  transaction(
    { id }: InputOf<Analytics['transaction']>,
    { spaceId }: Principal,
    { signal }: RequestContext,
  ): Promise<OutputOf<Analytics['transaction']>> {
    return oneTransaction(readsUntil(this.#registry, signal), spaceId, id)
  }

  @Answers(analytics.spending)
  async spending(
    query: InputOf<Analytics['spending']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'spending'> {
    return this.#kept(analytics.spending, query, principal, context, (marts, spaceId) =>
      spending(marts, spaceId, query, this.#bounds.maxRows),
    )
  }

  @Answers(analytics.cashFlow)
  async cashFlow(
    query: InputOf<Analytics['cashFlow']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'cashFlow'> {
    return this.#kept(analytics.cashFlow, query, principal, context, (marts, spaceId) =>
      cashFlow(marts, spaceId, query, this.#bounds.maxRows),
    )
  }

  @Answers(analytics.netWorth)
  async netWorth(
    query: InputOf<Analytics['netWorth']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'netWorth'> {
    return this.#kept(analytics.netWorth, query, principal, context, (marts, spaceId) =>
      netWorth(marts, spaceId, query, this.#bounds.maxRows),
    )
  }

  @Answers(analytics.recurring)
  async recurring(
    query: InputOf<Analytics['recurring']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'recurring'> {
    return this.#kept(analytics.recurring, query, principal, context, (marts, spaceId) =>
      recurring(marts, spaceId, query),
    )
  }

  @Answers(analytics.transactionMonths)
  async transactionMonths(
    filter: InputOf<Analytics['transactionMonths']>,
    principal: Principal,
    context: RequestContext,
  ): Kept<'transactionMonths'> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    return this.#kept(analytics.transactionMonths, filter, principal, context, (marts, spaceId) =>
      transactionMonths(marts, spaceId, filter),
    )
  }

  /** All of these depend on the space's marts and the question alone. */
  #kept<Op extends Operation>(
    { operation }: Op,
    input: object,
    { spaceId }: Principal,
    { knownTags, signal }: RequestContext,
    compute: (marts: MartReads, spaceId: string) => Promise<OutputOf<Op>>,
  ) {
    return this.#answers.answer({ spaceId, operation, input, knownTags }, () =>
      compute(readsUntil(this.#registry, signal), spaceId),
    )
  }
}
