import { DomainError } from '@pf/contracts'

/** How much work a request is: `heavy` ones parse files or compute for seconds, and have few places of their own. */
export type Load = 'ordinary' | 'heavy'

export type AdmissionBounds = {
  /** So many are worked on at a time, and so many more wait for a place. */
  readonly [Of in Load]: { readonly inFlight: number; readonly waiting: number }
} & {
  /** Of requests that were taken (also of those that wait) and of answers that are not on their way yet, over all loads. */
  readonly heldBytes: number
}

/** One process holds 64 MiB of requests and answers at most beside what single answers (up to 32 MiB) exceed their share by. */
export const defaultBounds: AdmissionBounds = {
  ordinary: { inFlight: 64, waiting: 256 },
  heavy: { inFlight: 8, waiting: 16 },
  heldBytes: 64 * 1024 * 1024,
}

/** What an answer counts before its length is known. */
const expectedAnswerBytes: Readonly<Record<Load, number>> = { ordinary: 64 * 1024, heavy: 1024 * 1024 }

/** A request that was taken. `leave` once, whatever became of it. */
export interface Admitted {
  /** The answer is so long; counted until `leave`. */
  answers(bytes: number): void
  leave(): void
}

type Waiting = { admit(): void }

/**
 * Who is let in, who waits and who is sent away at once: before anything is parsed, so that a flood costs what is said here
 * and no more. First come, first served within a load; heavy requests never take the places of ordinary ones.
 */
export class Admission {
  readonly #bounds: AdmissionBounds
  readonly #inFlight: Record<Load, number> = { ordinary: 0, heavy: 0 }
  readonly #waiting: Record<Load, Waiting[]> = { ordinary: [], heavy: [] }
  readonly #onHeld: (bytes: number) => void
  #held = 0

  constructor(bounds: AdmissionBounds, onHeld: (bytes: number) => void) {
    this.#bounds = bounds
    this.#onHeld = onHeld
  }

  get heldBytes(): number {
    return this.#held
  }

  /** Resolves when there is a place. Throws `overloaded` at once where there will be none soon, and the signal's reason. */
  async enter(load: Load, requestBytes: number, signal: AbortSignal): Promise<Admitted> {
    const { inFlight, waiting } = this.#bounds[load]
    const isFull = this.#inFlight[load] >= inFlight
    if (isFull && this.#waiting[load].length >= waiting) throw overloaded()
    // The very first is let in, however long it is: nothing else would ever let it in.
    const wanted = requestBytes + expectedAnswerBytes[load]
    if (this.#held > 0 && this.#held + wanted > this.#bounds.heldBytes) throw overloaded()
    this.#hold(requestBytes)
    try {
      if (isFull) await this.#turn(load, signal)
      else this.#inFlight[load]++
    } catch (error) {
      this.#hold(-requestBytes)
      throw error
    }
    return this.#admitted(load, requestBytes)
  }

  #admitted(load: Load, requestBytes: number): Admitted {
    let counted = requestBytes + expectedAnswerBytes[load]
    this.#hold(expectedAnswerBytes[load])
    return {
      answers: (bytes) => {
        this.#hold(requestBytes + bytes - counted)
        counted = requestBytes + bytes
      },
      leave: () => {
        this.#hold(-counted)
        this.#inFlight[load]--
        this.#waiting[load].shift()?.admit()
      },
    }
  }

  /** A place that becomes free goes to who waits longest; it is taken before anybody else can come in between. */
  #turn(load: Load, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const queue = this.#waiting[load]
      const turn: Waiting = {
        admit: () => {
          signal.removeEventListener('abort', abort)
          this.#inFlight[load]++
          resolve()
        },
      }
      const abort = () => {
        queue.splice(queue.indexOf(turn), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      queue.push(turn)
    })
  }

  #hold(bytes: number): void {
    this.#held += bytes
    this.#onHeld(this.#held)
  }
}

const overloaded = () =>
  new DomainError('overloaded', 'Too much is under way here at this moment. Ask again shortly.', {
    retryAfterSeconds: 1,
  })
