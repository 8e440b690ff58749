import { addressOf, type RawMessage } from '@pf/eventing'
import { type Departure, metWhileErasing } from './departure.ts'
import { Erasing } from './erasing.ts'
import { expectErased, expectLedgerWhole } from './erasure-oracle.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import { expectThat } from './oracle-failure.ts'
import { Person } from './person.ts'
import type { Outside, Process } from './processes.ts'

/** A user with a space of their own, who is erased on a day while everybody goes on. */
export class Leaving implements Departure {
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

  explains(name: string, message: string): boolean {
    return this.#erasing.isBegun && metWhileErasing.has(name) && message.includes(this.#spaceId)
  }

  saw({ subject }: RawMessage): void {
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
    const oracle = 'erased users gone'
    await expectErased(this.#outside, { oracle, spaceId, accountIds, isSpace: true, subjects, names: [spaceId] })
    await expectLedgerWhole(this.#outside, erasureId)
  }
}
