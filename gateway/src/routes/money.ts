import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { account } from '../compose/accounts.ts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { passAnswer } from '../http/pass-answer.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest

/** Accounts, rows and figures: answered from the marts, accounts completed by what connection and extraction know. */
@Controller()
export class MoneyController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.accounts)
  accounts(call: Call<typeof routes.accounts>): Promise<{ items: Rest.Account[] }> {
    return reads.accounts(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.account)
  account(call: Call<typeof routes.account>): Promise<Rest.Account> {
    return reads.account(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.changeAccount)
  async changeAccount(call: Call<typeof routes.changeAccount>): Promise<Rest.Account> {
    const input = { id: call.params.id, ...call.body, commandId: call.commandId }
    done(call, await this.#gateway.bus.call(requests.connection.changeAccount, input, call.options))
    return account(this.#gateway.ask(call.options), call.params.id)
  }

  @Serves(routes.accountBalances)
  balances(call: Call<typeof routes.accountBalances>) {
    return reads.accountBalances(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.accountProof)
  proof(call: Call<typeof routes.accountProof>): Promise<Rest.ProofAnswer> {
    return reads.accountProof(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.transactions)
  transactions(call: Call<typeof routes.transactions>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.transactions, call.query)
  }

  @Serves(routes.explainTransaction)
  explain(call: Call<typeof routes.explainTransaction>): Promise<Rest.Explanation> {
    return reads.explainTransaction(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.transactionMonths)
  transactionMonths(call: Call<typeof routes.transactionMonths>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.transactionMonths, call.query)
  }

  @Serves(routes.spending)
  spending(call: Call<typeof routes.spending>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.spending, call.query)
  }

  @Serves(routes.cashFlow)
  cashFlow(call: Call<typeof routes.cashFlow>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.cashFlow, call.query)
  }

  @Serves(routes.netWorth)
  netWorth(call: Call<typeof routes.netWorth>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.netWorth, call.query)
  }

  @Serves(routes.recurring)
  recurring(call: Call<typeof routes.recurring>) {
    return passAnswer(this.#gateway.bus, call, requests.analytics.recurring, call.query)
  }
}
