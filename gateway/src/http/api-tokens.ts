import { createHash } from 'node:crypto'
import { type ApiTokenHolder, isWholeApiToken, refuse, requests } from '@pf/contracts'
import type { Bus } from '@pf/service-kit'

/** As long is an answer of auth believed; what is revoked meanwhile is heard by the poll of ended sessions. */
const knownMs = 60_000
/** A token that is nobody's may be made by somebody a moment later, but not by chance. */
const unknownMs = 10_000
const maxKept = 5_000

type Kept = { untilMs: number; holder: Promise<ApiTokenHolder | null> }

/**
 * Whose a personal API token is. Auth is asked by its hash, so that no token goes over the bus; what was only made up has no
 * checksum and is refused without a question, and a wrong one is asked for once.
 */
export class ApiTokens {
  readonly #bus: Bus
  readonly #now: () => number
  /** By hash, oldest first. */
  readonly #kept = new Map<string, Kept>()

  constructor(bus: Bus, now: () => number) {
    this.#bus = bus
    this.#now = now
  }

  /** Throws unauthenticated, unavailable. */
  async holderOf(token: string): Promise<ApiTokenHolder> {
    if (!isWholeApiToken(token)) throw unknown()
    const holder = await this.#ask(createHash('sha256').update(token).digest('hex'))
    if (holder === null) throw unknown()
    const { expiresAt } = holder
    if (expiresAt !== null && Date.parse(expiresAt) <= this.#now()) throw unknown()
    return holder
  }

  async #ask(hash: string): Promise<ApiTokenHolder | null> {
    const known = this.#kept.get(hash)
    if (known !== undefined && known.untilMs > this.#now()) return known.holder
    const asked = this.#bus.call(requests.auth.apiTokenHolder, { hash }, {}).then(({ holder }) => holder)
    this.#keep(hash, asked)
    try {
      const holder = await asked
      if (holder === null) this.#keep(hash, asked, unknownMs)
      return holder
    } catch (error) {
      this.#kept.delete(hash)
      throw error
    }
  }

  #keep(hash: string, holder: Kept['holder'], ms = knownMs): void {
    this.#kept.delete(hash)
    this.#kept.set(hash, { untilMs: this.#now() + ms, holder })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxKept) break
      this.#kept.delete(oldest)
    }
  }
}

const unknown = () =>
  refuse('unauthenticated', 'This API token is not known, has ended or was revoked. Issue another one in the settings.')
