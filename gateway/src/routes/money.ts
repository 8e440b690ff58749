import { Controller, Inject } from '@nestjs/common'
import { type AccountView, type FeedView, type MartAccount, Rest, refuse, requests } from '@pf/contracts'
import type { CallOptions } from '@pf/service-kit'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
/** An account's decisions are read, and the raw objects of one payment opened. */
const explainDeadlineMs = 30_000

/** Accounts, rows and figures: answered from the marts, accounts completed by what connection and extraction know. */
@Controller()
export class MoneyController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.accounts)
  async accounts(call: Call<typeof routes.accounts>): Promise<{ items: Rest.Account[] }> {
    const connectionId = call.query.connection_id
    return { items: await this.#accounts(call.options, connectionId) }
  }

  @Serves(routes.account)
  async account(call: Call<typeof routes.account>): Promise<Rest.Account> {
    return this.#account(call.params.id, call.options)
  }

  @Serves(routes.renameAccount)
  async renameAccount(call: Call<typeof routes.renameAccount>): Promise<Rest.Account> {
    const input = { id: call.params.id, name: call.body.name, commandId: call.commandId }
    done(call, await this.#gateway.bus.call(requests.connection.renameAccount, input, call.options))
    return this.#account(call.params.id, call.options)
  }

  @Serves(routes.accountBalances)
  async balances(call: Call<typeof routes.accountBalances>) {
    await this.#account(call.params.id, call.options)
    const input = { accountId: call.params.id, ...call.query }
    return await this.#gateway.bus.call(requests.analytics.balances, input, call.options)
  }

  @Serves(routes.accountProof)
  async proof(call: Call<typeof routes.accountProof>): Promise<Rest.ProofAnswer> {
    await this.#account(call.params.id, call.options)
    const input = { accountId: call.params.id, ...call.query }
    return await this.#gateway.bus.call(requests.analytics.proof, input, call.options)
  }

  @Serves(routes.transactions)
  transactions(call: Call<typeof routes.transactions>) {
    return this.#pass(call, requests.analytics.transactions, call.query)
  }

  /** What storage knows of it, beside what the marts make of it: of the payment that it is now, where it was merged. */
  @Serves(routes.explainTransaction)
  async explain(call: Call<typeof routes.explainTransaction>): Promise<Rest.Explanation> {
    const { id } = call.params
    const { bus } = this.#gateway
    const asked = await bus.call(requests.analytics.transaction, { id }, call.options)
    const placed = asked.transaction === null ? {} : { accountId: asked.transaction.account_id }
    const options = { ...call.options, deadlineMs: explainDeadlineMs }
    const history = await bus.call(requests.storage.explain, { id, ...placed }, options)
    const present =
      history.transaction_id === id
        ? asked
        : await bus.call(requests.analytics.transaction, { id: history.transaction_id }, call.options)
    return { ...history, ...present }
  }

  @Serves(routes.transactionMonths)
  transactionMonths(call: Call<typeof routes.transactionMonths>) {
    return this.#pass(call, requests.analytics.transactionMonths, call.query)
  }

  @Serves(routes.spending)
  spending(call: Call<typeof routes.spending>) {
    return this.#pass(call, requests.analytics.spending, call.query)
  }

  @Serves(routes.cashFlow)
  cashFlow(call: Call<typeof routes.cashFlow>) {
    return this.#pass(call, requests.analytics.cashFlow, call.query)
  }

  @Serves(routes.netWorth)
  netWorth(call: Call<typeof routes.netWorth>) {
    return this.#pass(call, requests.analytics.netWorth, call.query)
  }

  @Serves(routes.recurring)
  recurring(call: Call<typeof routes.recurring>) {
    return this.#pass(call, requests.analytics.recurring, call.query)
  }

  /** The marts' answer is the client's: its bytes go through as they are. */
  async #pass(call: Call, operation: Parameters<Gateway['bus']['callRaw']>[0], input: object): Promise<Buffer> {
    const bytes = await this.#gateway.bus.callRaw(operation, input, call.options)
    call.reply.type('application/json; charset=utf-8')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  async #account(id: string, options: CallOptions): Promise<Rest.Account> {
    const found = (await this.#accounts(options)).find((account) => account.id === id)
    if (found === undefined) throw refuse('account_not_found', 'There is no such account. GET /accounts lists yours.')
    return found
  }

  async #accounts(options: CallOptions, connectionId?: string): Promise<Rest.Account[]> {
    const narrowed = connectionId === undefined ? {} : { connectionId }
    const [views, marts, feeds] = await Promise.all([
      this.#gateway.bus.call(requests.connection.accounts, narrowed, options),
      this.#gateway.bus.call(requests.analytics.accounts, {}, options),
      this.#gateway.bus.call(requests.extraction.feeds, narrowed, options),
    ])
    const martOf = new Map(marts.items.map((account) => [account.id, account]))
    const feedOf = new Map(feeds.items.map((feed) => [feed.account_id, feed]))
    return views.items.map((view) => composedAccount(view, martOf.get(view.id), feedOf.get(view.id)))
  }
}

const unproven: Rest.Account['proof'] = { status: 'unverified', verified_to: null, reason: 'not_read_yet' }

/** Until the marts know an account it stands there without name and figures, rather than not at all. */
export function composedAccount(
  view: AccountView,
  mart: MartAccount | undefined,
  feed: FeedView | undefined,
): Rest.Account {
  return {
    id: view.id,
    connection_id: view.connection_id,
    provider_account_id: view.provider_account_id,
    name: view.name ?? mart?.name ?? view.institution.name,
    kind: mart?.kind ?? 'other',
    currency: view.currency,
    iban_masked: mart?.iban_masked ?? null,
    institution: view.institution,
    balances: mart?.balances ?? { booked: null, available: null, as_of: null },
    demo: view.demo,
    proof: mart?.proof ?? unproven,
    first_date: mart?.first_date ?? null,
    last_date: mart?.last_date ?? null,
    last_synced_at: feed?.last_synced_at ?? null,
    missed: (feed?.missed ?? []).map(({ from, to }) => ({ from, to })),
  }
}
