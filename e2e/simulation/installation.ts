import { DomainError, type ErasureScope } from '@pf/contracts'
import type { Platform } from '@pf/service-kit'
import { type eraseService, memoryMarks } from '@pf/service-kit/testing'
import { type ErasureWord, type Holders, HoldersSilent, type KeyRing } from '@pf/vault'
import { beginErasureLedger, type ErasureLedger, ledgerInMemory } from '@pf/vault/ledger'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

type Word = ErasureWord<ErasureScope>
type Holder = { owner: Owner; keys: KeyRing; listeners: ((word: Word) => Promise<void>)[] }
type Eraser = { owner: Owner; service: string; answer: ReturnType<typeof eraseService>['answer'] }

/** What all processes share that erasing stands on: the ledger, the words to whoever holds keys, who answers `erase`. */
export class Installation {
  readonly ledger: ErasureLedger
  /** Kept in the database, so that it outlives processes. */
  readonly marks = memoryMarks()
  readonly #line: Line
  readonly #holders = new Set<Holder>()
  readonly #erasers = new Set<Eraser>()

  private constructor(line: Line, ledger: ErasureLedger) {
    this.#line = line
    this.ledger = ledger
  }

  static async open(line: Line, uuid: () => string): Promise<Installation> {
    return new Installation(
      line,
      await beginErasureLedger(ledgerInMemory(), { now: () => line.time.clock.now(), uuid }),
    )
  }

  /** The keys of every process that lives. */
  living(): { process: string; keys: KeyRing }[] {
    return [...this.#holders].flatMap(({ owner, keys }) => (owner.isAlive ? { process: owner.name, keys } : []))
  }

  holdersOf(owner: Owner, keys: KeyRing): Holders<ErasureScope> {
    const holder: Holder = { owner, keys, listeners: [] }
    this.#holders.add(holder)
    owner.mourners.add(() => this.#holders.delete(holder))
    return {
      onWord: (listener) => void holder.listeners.push(listener),
      tell: (word, timeoutMs) => this.#tell(owner, word, timeoutMs),
      stop: async () => void this.#holders.delete(holder),
    }
  }

  async #tell(teller: Owner, word: Word, timeoutMs: number): Promise<void> {
    const { time } = this.#line
    await this.#line.turn(teller)
    const silent = new Set([...this.#holders].map(({ owner }) => owner.name))
    const heard = [...this.#holders].map(async (holder) => {
      await ended(holder.owner, this.#hear(holder, word))
      silent.delete(holder.owner.name)
    })
    await Promise.race([
      Promise.all(heard),
      time.wait(timeoutMs, teller).then(() => {
        throw new HoldersSilent([...silent])
      }),
    ])
  }

  async #hear({ owner, keys, listeners }: Holder, word: Word): Promise<void> {
    await this.#line.turn(owner)
    if (word.kind === 'drop') keys.forget(word.scope)
    for (const listener of listeners) await listener(word)
    await this.#line.turn(owner)
  }

  /** `erase` of a service is answered by this process from here on. */
  answers(owner: Owner, service: string, answer: Eraser['answer']): void {
    const eraser: Eraser = { owner, service, answer }
    this.#erasers.add(eraser)
    owner.mourners.add(() => this.#erasers.delete(eraser))
  }

  /** The bus as one process reaches it; nothing but erasing is asked over it here. */
  busOf(owner: Owner): Platform['bus'] {
    const line = this.#line
    const callRaw: Platform['bus']['callRaw'] = async (operation, input, { principal, deadlineMs = 10_000 } = {}) => {
      if (operation.operation !== 'erase')
        throw new Error(`Nothing that is simulated asks ${operation.service} to ${operation.operation}.`)
      await line.turn(owner)
      // Of several replicas any may hear it; the first one is as good as another.
      const eraser = [...this.#erasers].find(({ owner: of, service }) => of.isAlive && service === operation.service)
      if (eraser === undefined) throw unavailable(operation.service)
      const answered = line.turn(eraser.owner).then(async () => {
        const answer = await eraser.answer({ body: Buffer.from(JSON.stringify(input)), principal })
        await line.turn(eraser.owner)
        return answer
      })
      const late = line.time.wait(deadlineMs, owner).then((): never => {
        throw unavailable(operation.service)
      })
      return Promise.race([answered, late])
    }
    return {
      callRaw,
      callTagged: async (...asked) => ({ body: await callRaw(...asked), tag: undefined }),
      call: async (operation, input, options) =>
        JSON.parse(new TextDecoder().decode(await callRaw(operation, input, options))),
      close: () => undefined,
    }
  }
}

/** Resolves with the work, or when whoever does it dies: the dead hold nothing. */
function ended(owner: Owner, work: Promise<void>): Promise<void> {
  const died = Promise.withResolvers<void>()
  owner.mourners.add(died.resolve)
  return Promise.race([work, died.promise]).finally(() => owner.mourners.delete(died.resolve))
}

const unavailable = (service: string) => new DomainError('unavailable', `${service} did not answer.`)
