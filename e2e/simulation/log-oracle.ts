import { createHash } from 'node:crypto'
import { type Context, contexts } from '@pf/contracts'
import type { RawMessage } from '@pf/eventing'
import type { Broker } from './broker.ts'
import { expectThat } from './oracle-failure.ts'

type Chain = { version: number; hash: string; commands: Set<string> }

/**
 * Versions contiguous, hash chains whole, one command once on an aggregate: from the messages' bytes alone, without the code
 * that wrote them.
 */
export class LogOracle {
  readonly #broker: Broker
  readonly #seen = new Map<Context, number>()
  readonly #chains = new Map<string, Chain>()
  readonly #digest = createHash('sha256')

  constructor(broker: Broker) {
    this.#broker = broker
  }

  check(): void {
    for (const context of contexts) {
      const messages = this.#broker.messagesOf(context)
      for (let n = this.#seen.get(context) ?? 0; n < messages.length; n++) {
        const message = messages[n]
        if (message !== undefined) this.#follow(message)
      }
      this.#seen.set(context, messages.length)
    }
  }

  /** Messages that were checked. */
  seen(): number {
    return [...this.#seen.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Of every byte that was checked, in the order of the checks. */
  digest(): string {
    return this.#digest.copy().digest('hex')
  }

  #follow({ subject, seq, time, headers, body }: RawMessage): void {
    const chain = this.#chains.get(subject) ?? { version: 0, hash: '', commands: new Set() }
    this.#chains.set(subject, chain)
    const of = `${subject} at ${seq}`
    const version = Number(headers['es-version'])
    expectThat('versions contiguous', version === chain.version + 1, () => `${of}: ${version} after ${chain.version}`)
    const hash = createHash('sha256').update(chain.hash).update(body).digest('hex')
    expectThat('hash chain whole', headers['es-hash'] === hash, () => `${of}: its hash does not follow`)
    const command = headers['ce-id'] ?? ''
    expectThat('a command once', !chain.commands.has(command), () => `${of}: command ${command} a second time`)
    chain.version += Number(headers['es-count'])
    chain.hash = hash
    chain.commands.add(command)
    this.#digest.update(`${subject} ${seq} ${time} ${JSON.stringify(headers)}`).update(body)
  }
}
