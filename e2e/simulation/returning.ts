import { addressOf, derivedUuid, type RawMessage } from '@pf/eventing'
import { type Rng, rngOf } from '@pf/sandbox-bank/world'
import { type Departure, metWhileErasing } from './departure.ts'
import { startAuth } from './erasing.ts'
import { expectErased, expectLedgerWhole } from './erasure-oracle.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import { expectThat } from './oracle-failure.ts'
import { Person } from './person.ts'
import type { Outside, Process } from './processes.ts'

const minuteMs = 60_000
const oracle = 'an erased connection gone'

/**
 * A user who takes their bank out with all its history, and connects the same bank anew while that may still go on: what was
 * is gone for good, what comes is whole.
 */
export class Returning implements Departure {
  readonly #day: number
  readonly #outside: Outside
  readonly #ledger: LedgerOracle
  readonly #before: Person
  readonly #after: Person
  readonly #rng: Rng
  /** All that was said of the connection, its accounts and their syncs. */
  readonly #subjects = new Set<string>()
  readonly #accountIds = new Set<string>()
  #isBegun = false
  #isBack = false
  #isDone = false

  constructor(seed: string, day: number, outside: Outside, processes: readonly Process[], ledger: LedgerOracle) {
    this.#day = day
    this.#outside = outside
    this.#ledger = ledger
    this.#rng = rngOf(`${seed}/returning`)
    this.#before = new Person(`${seed}/returner`, outside, processes)
    this.#after = new Person(`${seed}/returned`, outside, processes, this.#before.principal)
  }

  get #spaceId(): string {
    return this.#before.principal.spaceId
  }

  get #erasureId(): string {
    return derivedUuid('erasure', this.#before.connectionId)
  }

  async createKey(): Promise<void> {
    await this.#outside.openVault().keys.createSpaceKey(this.#spaceId)
  }

  connect(): void {
    startAuth(this.#outside)
    void this.#before.connect()
  }

  live(day: number, days: number): void {
    const { time } = this.#outside.line
    if (day === Math.min(this.#day, days))
      time.after(this.#rng.int(0, 20 * 60) * minuteMs, undefined, () => void this.#takeOut())
    else if (!this.#isBegun) this.#before.live(day)
    else if (this.#isBack) this.#after.live(day)
  }

  async #takeOut(): Promise<void> {
    this.#isBegun = true
    this.#before.leave()
    for (const id of this.#ledger.forget(this.#spaceId)) this.#accountIds.add(id)
    for (const id of await this.#after.takeOut(this.#before.connectionId)) this.#accountIds.add(id)
    const pauseMs = this.#rng.chance(0.5) ? this.#rng.int(1_000, 60_000) : this.#rng.int(1, 24 * 60) * minuteMs
    await this.#outside.line.time.wait(pauseMs, undefined)
    this.#isBack = true
    await this.#after.connect()
  }

  saw({ subject, headers }: RawMessage): void {
    const { spaceId, aggregate, aggregateId } = addressOf(subject)
    if (aggregateId === this.#erasureId && headers['ce-type'] === 'ConnectionErased') this.#isDone = true
    if (spaceId !== this.#spaceId || this.#isBack) return
    if (aggregate === 'feed' || aggregate === 'ledger') this.#accountIds.add(aggregateId)
    if (aggregateId !== spaceId) this.#subjects.add(subject)
  }

  isOf(subject: string): boolean {
    return this.#isBegun && this.#accountIds.has(addressOf(subject).aggregateId)
  }

  explains(name: string, message: string): boolean {
    return this.#isBegun && metWhileErasing.has(name) && [...this.#accountIds].some((id) => message.includes(id))
  }

  async check(settled: boolean): Promise<void> {
    const { connectionId } = this.#isBegun ? this.#after : this.#before
    if (!this.#isBegun || this.#isBack) await this.#ledger.check(this.#spaceId, connectionId, settled)
    expectThat('an erasure comes to its end', this.#isDone || !settled, () => `${this.#erasureId} is not done`)
    if (!this.#isDone) return
    const accountIds = [...this.#accountIds]
    const [spaceId, subjects, names] = [this.#spaceId, this.#subjects, [this.#before.connectionId, ...accountIds]]
    await expectErased(this.#outside, { oracle, spaceId, accountIds, isSpace: false, subjects, names })
    await expectLedgerWhole(this.#outside, this.#erasureId)
  }
}
