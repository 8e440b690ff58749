import { endConsents } from '@pf/connection/assembly'
import { derivedUuid } from '@pf/eventing'
import { type Rng, rngOf } from '@pf/sandbox-bank/world'
import { carryOut, type Platform } from '@pf/service-kit'
import { eraseService } from '@pf/service-kit/testing'
import type { Person } from './person.ts'
import { type Outside, type Process, platformOf } from './processes.ts'
import { newOwner, type Owner } from './virtual-time.ts'

type Auth = { owner: Owner; platform: Platform }

/** Auth runs, and has nothing of its own to erase here. */
export function startAuth(outside: Outside): Auth {
  const owner = newOwner('auth')
  const platform = platformOf(owner, outside)
  const erasure = eraseService(platform, { context: 'auth', aggregatesOf: async () => [], shared: async () => 0 })
  erasure.listen()
  outside.installation.answers(owner, 'auth', erasure.answer)
  return { owner, platform }
}

const minuteMs = 60_000
/** As auth has it: a provider in trouble is not waited for for ever. */
const consentAttempts = 6

/**
 * What auth does for a user who goes: consents are ended, then everything of the space is erased, again and again until it is
 * done. Its process dies a few times on the way, where the seed says so; what it does is the real saga.
 */
export class Erasing {
  readonly erasureId: string
  isBegun = false
  isDone = false
  readonly #outside: Outside
  readonly #processes: readonly Process[]
  readonly #leaver: Person
  readonly #rng: Rng
  #attempt = 0
  /** Undefined while its process is dead. */
  #auth: Auth | undefined

  constructor(seed: string, outside: Outside, processes: readonly Process[], leaver: Person) {
    this.#outside = outside
    this.#processes = processes
    this.#leaver = leaver
    this.#rng = rngOf(`${seed}/erasing`)
    this.erasureId = derivedUuid('erasure', leaver.principal.spaceId)
  }

  start(): void {
    this.#auth = startAuth(this.#outside)
    if (this.isBegun) void this.#run(this.#auth)
  }

  /** Some time of this day: the word is given, the user does nothing any more. */
  begin(): void {
    const { line } = this.#outside
    line.time.after(this.#rng.int(0, 20 * 60) * minuteMs, undefined, () => {
      this.isBegun = true
      this.#leaver.leave()
      if (this.#auth !== undefined) void this.#run(this.#auth)
      for (let death = this.#rng.int(0, 3); death > 0; death--) {
        const ms = this.#rng.int(0, 3_000)
        line.time.after(ms, undefined, () => this.#die(this.#rng.int(50, minuteMs)))
      }
    })
  }

  #die(ms: number): void {
    if (this.#auth === undefined) return
    const { owner } = this.#auth
    this.#auth = undefined
    owner.isAlive = false
    for (const told of owner.mourners) told()
    this.#outside.line.time.after(ms, undefined, () => this.start())
  }

  async #run({ owner, platform }: Auth): Promise<void> {
    const { userId, spaceId } = this.#leaver.principal
    while (owner.isAlive && !this.isDone) {
      try {
        const connection = this.#processes.find((process) => process.connection !== undefined)?.connection
        if (connection === undefined) throw new Error('No connection service is there.')
        const request = endConsents(connection, spaceId, { last: ++this.#attempt >= consentAttempts })
        await this.#withinAMinute(request, owner)
        await carryOut(platform, { erasureId: this.erasureId, scope: { of: 'space', spaceId }, userId })
        this.isDone = true
      } catch (error) {
        this.#outside.onTrouble('auth', { err: error, msg: 'an erasure is tried again' })
        await this.#outside.line.time.wait(this.#rng.int(1_000, minuteMs), owner)
      }
    }
  }

  /** As the bus does: a connection service that died over a request never answers it. */
  async #withinAMinute(request: Promise<unknown>, owner: Owner): Promise<void> {
    const answered = request.then(() => true)
    answered.catch(() => undefined)
    const late = this.#outside.line.time.wait(minuteMs, owner).then(() => false)
    if (!(await Promise.race([answered, late])))
      throw new Error('The connection service did not answer within a minute.')
  }
}
