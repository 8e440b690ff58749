import type { AnsweredCall } from '@pf/sandbox-bank/in-process'
import { expectThat } from './oracle-failure.ts'

const dayMs = 86_400_000
const perDay = 4

/** Not one call of an account and scope after four successes within 24 hours, by the bank's own list of calls. */
export class QuotaOracle {
  readonly #calls: readonly AnsweredCall[]
  readonly #successes = new Map<string, number[]>()
  #seen = 0

  constructor(calls: readonly AnsweredCall[]) {
    this.#calls = calls
  }

  check(): void {
    for (; this.#seen < this.#calls.length; this.#seen++) {
      const call = this.#calls[this.#seen]
      if (call === undefined || (call.scope !== 'transactions' && call.scope !== 'balances')) continue
      const name = `${call.accountId} ${call.scope}`
      const recent = (this.#successes.get(name) ?? []).filter((at) => call.atMs - at < dayMs)
      expectThat('quota kept', recent.length < perDay, () => {
        const times = [...recent, call.atMs].map((at) => new Date(at).toISOString()).join(', ')
        return `${name}: asked once more after ${perDay} successes: ${times}`
      })
      if (call.status === 200) recent.push(call.atMs)
      this.#successes.set(name, recent)
    }
  }
}
