import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const { storage } = requests

/** Deciding reads an account's history where it is not in memory. */
const deadlineMs = 30_000
/** Reading again opens everything that was kept. */
const rereadDeadlineMs = 300_000

/** Rows that wait for a word, and the user's words on what is one payment: storage's alone. */
@Controller()
export class IdentityController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.held)
  held(call: Call<typeof routes.held>) {
    return reads.held(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.decideHeld)
  async decideHeld(call: Call<typeof routes.decideHeld>): Promise<Rest.HeldItem> {
    const { transaction_id: transactionId, ...said } = call.body
    const input = {
      id: call.params.id,
      ...said,
      ...(transactionId === undefined ? {} : { transactionId }),
      commandId: call.commandId,
    }
    return done(call, await this.#gateway.bus.call(storage.decideHeld, input, { ...call.options, deadlineMs }))
  }

  @Serves(routes.undecideHeld)
  async undecideHeld(call: Call<typeof routes.undecideHeld>): Promise<void> {
    const input = { id: call.params.id, commandId: call.commandId }
    done(call, await this.#gateway.bus.call(storage.undecideHeld, input, { ...call.options, deadlineMs }))
  }

  @Serves(routes.identityDecisions)
  identityDecisions(call: Call<typeof routes.identityDecisions>) {
    return reads.identityDecisions(this.#gateway.ask(call.options))
  }

  @Serves(routes.decideIdentity)
  async decideIdentity(call: Call<typeof routes.decideIdentity>): Promise<Rest.IdentityDecision> {
    const input = {
      // The command repeated makes the same decision.
      decisionId: derivedUuid('identity decision', call.commandId),
      transactionIds: call.body.transaction_ids,
      verdict: call.body.verdict,
      commandId: call.commandId,
    }
    return done(call, await this.#gateway.bus.call(storage.decideIdentity, input, { ...call.options, deadlineMs }))
  }

  @Serves(routes.undecideIdentity)
  async undecideIdentity(call: Call<typeof routes.undecideIdentity>): Promise<void> {
    const input = { id: call.params.id, commandId: call.commandId }
    done(call, await this.#gateway.bus.call(storage.undecideIdentity, input, { ...call.options, deadlineMs }))
  }

  @Serves(routes.rulesReport)
  rulesReport(call: Call<typeof routes.rulesReport>): Promise<Rest.RulesReport> {
    return reads.rulesReport(this.#gateway.ask(call.options))
  }

  @Serves(routes.switchRules)
  async switchRules(call: Call<typeof routes.switchRules>): Promise<Rest.RulesReport> {
    const options = { ...call.options, deadlineMs: rereadDeadlineMs }
    return done(call, await this.#gateway.bus.call(storage.switchRules, { commandId: call.commandId }, options))
  }
}
