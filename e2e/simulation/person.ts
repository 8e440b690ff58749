import {
  completeConsent,
  readModels,
  removeConnection,
  renewConnection,
  requestConnection,
} from '@pf/connection/assembly'
import { DomainError, type Principal } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { syncNow } from '@pf/extraction/assembly'
import { SANDBOX_INSTITUTION } from '@pf/sandbox-bank/in-process'
import { type Rng, rngOf } from '@pf/sandbox-bank/world'
import type { Outside, Process } from './processes.ts'
import { newOwner } from './virtual-time.ts'

const minuteMs = 60_000
const patienceMs = 3 * minuteMs

/** One person with one bank: connects it, presses "sync now" when in the mood, renews a consent that has ended. Asks again what was not answered. */
export class Person {
  readonly principal: Principal
  /** Another one where it had to be asked for anew. */
  connectionId: string
  readonly #seed: string
  readonly #outside: Outside
  readonly #processes: readonly Process[]
  readonly #owner = newOwner('person')
  readonly #rng: Rng
  #isRenewing = false
  #renewals = 0

  /** `principal`: somebody who is here already, with another connection. */
  constructor(seed: string, outside: Outside, processes: readonly Process[], principal?: Principal) {
    this.#seed = seed
    this.#outside = outside
    this.#processes = processes
    this.#rng = rngOf(`${seed}/person`)
    const id = (name: string) => derivedUuid(seed, name)
    this.principal = principal ?? { userId: id('user'), spaceId: id('space'), sessionId: 's', roles: [] }
    this.connectionId = id('connection')
  }

  /** Until the bank is linked. */
  async connect(): Promise<void> {
    const { link } = await this.#untilAnswered(() => this.#request())
    await this.#consent(link)
  }

  async #request(): Promise<{ link: string }> {
    const { connectionId, principal } = this
    const commandId = derivedUuid(connectionId, 'request')
    try {
      return await requestConnection(
        this.#connection(),
        { institutionId: SANDBOX_INSTITUTION, commandId, connectionId },
        principal,
      )
    } catch (error) {
      // It was made, its answer was not heard, and it is too old by now.
      if (error instanceof DomainError && error.code === 'conflict')
        this.connectionId = derivedUuid(connectionId, 'anew')
      throw error
    }
  }

  /** Takes a connection out with all its history; asks until that is promised. Answers the accounts that go. */
  async takeOut(connectionId: string): Promise<readonly string[]> {
    const input = { id: connectionId, erase: true, commandId: derivedUuid(this.#seed, 'take-out') }
    const ask = () => removeConnection(this.#connection(), input, this.principal)
    const gone = (error: unknown) => error instanceof DomainError && error.code === 'connection_not_found'
    // Promised already, and done since: the answer to the question before this one was not heard.
    const { erasing } = await this.#untilAnswered(() =>
      ask().catch((error: unknown) => {
        if (gone(error)) return { erasing: { erased: [] } }
        throw error
      }),
    )
    return erasing?.erased ?? []
  }

  /** Does nothing any more, and waits for nothing. */
  leave(): void {
    this.#owner.isAlive = false
  }

  /** What this person does of their own accord on a day. */
  live(day: number): void {
    const rng = rngOf(`${this.#seed}/person/${day}`)
    const presses = rng.chance(0.12) ? rng.int(1, 7) : 0
    // In one go: somebody waits for a payment.
    let at = rng.int(0, 18 * 60)
    for (let press = 0; press < presses; press++) {
      at += rng.int(1, 40)
      this.#at(at * minuteMs, () => this.#press(day, press))
    }
    this.#at(rng.int(0, 22 * 60) * minuteMs, () => this.#look(rng.chance(0.8)))
  }

  /** Nothing comes, and is asked for again. */
  insist(day: number, rng: Rng): void {
    let at = rng.int(1, 5)
    for (let press = 0; press < 3; press++) {
      this.#at(at * minuteMs, () => this.#press(day, 100 + press))
      at += rng.int(11, 40)
    }
  }

  #at(ms: number, act: () => Promise<void>): void {
    this.#outside.line.time.after(ms, this.#owner, () => void act())
  }

  async #press(day: number, press: number): Promise<void> {
    const input = { connectionId: this.connectionId, commandId: derivedUuid(this.#seed, 'press', `${day}/${press}`) }
    try {
      await this.#answered(() => syncNow(this.#extraction(), input, this.principal))
    } catch (error) {
      this.#bear(error)
    }
  }

  /** Has it ended? Then it is given again, some day. */
  async #look(isInTheMood: boolean): Promise<void> {
    const attached = await this.#outside.readModels.store.attach(readModels.connections)
    const [row] = await attached.reader().find({ where: { connectionId: this.connectionId } })
    const isRefused = this.isRefusedByTheBank
    if (row === undefined || (row.stage !== 'ended' && !isRefused) || this.#isRenewing || !isInTheMood) return
    await this.renew()
  }

  /** The bank asks for a new consent though the old one seems to stand. */
  isRefusedByTheBank = false

  async renew(): Promise<void> {
    this.#isRenewing = true
    this.isRefusedByTheBank = false
    const input = { id: this.connectionId, commandId: derivedUuid(this.#seed, 'renew', String(++this.#renewals)) }
    this.#outside.bank.faults.clear()
    const { link } = await this.#untilAnswered(() => renewConnection(this.#connection(), input, this.principal))
    await this.#consent(link)
    this.#isRenewing = false
  }

  async #consent(link: string): Promise<void> {
    const { consents } = this.#outside.bank
    const requisitionId = new URL(link).pathname.split('/')[3] ?? ''
    await this.#pause(this.#rng.int(5_000, 4 * minuteMs))
    consents.open(requisitionId)
    consents.decide(requisitionId, 'grant')
    const input = { id: this.connectionId, userId: this.principal.userId }
    for (;;) {
      const { outcome } = await this.#untilAnswered(() => completeConsent(this.#connection(), input))
      if (outcome === 'linked') return
      if (outcome !== 'pending') return this.renew()
      await this.#pause(this.#rng.int(minuteMs, 5 * minuteMs))
    }
  }

  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#answered(ask)
      } catch (error) {
        this.#bear(error)
        await this.#pause(this.#rng.int(minuteMs, 10 * minuteMs))
      }
    }
  }

  /** Throws where no answer comes in time: the process that had it may be dead. */
  #answered<T>(ask: () => Promise<T>): Promise<T> {
    const late = this.#pause(patienceMs).then((): never => {
      throw new NotAnswered()
    })
    // Whoever is quicker is heard; the other one fails unheard.
    late.catch(() => undefined)
    return Promise.race([ask(), late])
  }

  #pause(ms: number): Promise<void> {
    return this.#outside.line.time.wait(ms, this.#owner)
  }

  #connection() {
    const parts = this.#any((process) => process.connection)
    if (parts === undefined) throw new NotAnswered()
    return parts
  }

  #extraction() {
    const parts = this.#any((process) => process.extraction)
    if (parts === undefined) throw new NotAnswered()
    return parts
  }

  #any<T>(of: (process: Process) => T | undefined): T | undefined {
    const living = this.#processes.flatMap((process) => of(process) ?? [])
    return living.length === 0 ? undefined : this.#rng.pick(living)
  }

  /** What may come to a person in bad times; anything else is a defect. */
  #bear(error: unknown): void {
    if (error instanceof DomainError || error instanceof NotAnswered) return
    const name = error instanceof Error ? error.name : ''
    if (!passing.has(name) && !(error instanceof Error && error.message.endsWith('did not answer.'))) {
      this.#outside.onTrouble('person', { err: error, msg: 'a request failed' })
    }
  }
}

const passing = new Set(['LogUnavailable', 'UnknownOutcome', 'ConcurrencyConflict', 'ProviderError'])

class NotAnswered extends Error {}
