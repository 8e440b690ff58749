import { addressOf } from '@pf/eventing'
import { Erasing } from './erasing.ts'
import { expectErased, expectLedgerWhole } from './erasure-oracle.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import { expectThat } from './oracle-failure.ts'
import { Person } from './person.ts'
import type { Outside, Process } from './processes.ts'

/** Errors that work on a space may meet while it is erased under it. */
const explained = new Set(['KeyMissing', 'ObjectNotFound'])

/** A second user with a space of their own, who is erased on a day while everybody goes on. */
export class Leaving {
  readonly #day: number
  readonly #outside: Outside
  readonly #ledger: LedgerOracle
  readonly #person: Person
  readonly #erasing: Erasing
  readonly #subjects = new Set<string>()
  readonly #accountIds = new Set<string>()

  constructor(seed: string, day: number, outside: Outside, processes: readonly Process[], ledger: LedgerOracle) {
    this.#day = day
    this.#outside = outside
    this.#ledger = ledger
    this.#person = new Person(`${seed}/leaver`, outside, processes)
    this.#erasing = new Erasing(seed, outside, processes, this.#person)
  }

  get #spaceId(): string {
    return this.#person.principal.spaceId
  }

  isOf(subject: string): boolean {
    return this.#erasing.isBegun && addressOf(subject).spaceId === this.#spaceId
  }

  /** Whether an error says of the space that is erased what has to be said of it. */
  explains(name: string, message: string): boolean {
    return this.#erasing.isBegun && explained.has(name) && message.includes(this.#spaceId)
  }

  saw(subject: string): void {
    if (addressOf(subject).spaceId === this.#spaceId) this.#subjects.add(subject)
  }

  async createKey(): Promise<void> {
    await this.#outside.openVault().keys.createSpaceKey(this.#spaceId)
  }

  connect(): void {
    this.#erasing.start()
    void this.#person.connect()
  }

  live(day: number, days: number): void {
    if (day === Math.min(this.#day, days)) {
      for (const id of this.#ledger.forget(this.#spaceId)) this.#accountIds.add(id)
      this.#erasing.begin()
    } else if (!this.#erasing.isBegun) this.#person.live(day)
  }

  async check(settled: boolean): Promise<void> {
    const { isBegun, isDone, erasureId } = this.#erasing
    if (!isBegun) {
      await this.#ledger.check(this.#spaceId, this.#person.connectionId, settled)
      return
    }
    for (const id of this.#ledger.forget(this.#spaceId)) this.#accountIds.add(id)
    expectThat('an erasure comes to its end', isDone || !settled, () => `${erasureId} is not done`)
    if (!isDone) return
    const [spaceId, accountIds, subjects] = [this.#spaceId, [...this.#accountIds], this.#subjects]
    await expectErased(this.#outside, { spaceId, accountIds, subjects })
    await expectLedgerWhole(this.#outside, erasureId)
  }
}
