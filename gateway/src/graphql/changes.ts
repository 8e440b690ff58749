import type { Rest } from '@pf/contracts'
import { decodePosition, encodePosition, type Position } from '@pf/eventing'
import type { Notices } from '../live/notices.ts'

type Topic = Rest.Notice['topic']
/** What one change comes to: the values of a subscription's root, and the position that they were read at. */
export type Change = { position: string | undefined; root: object }

export type ChangesOptions = {
  notices: Notices
  spaceId: string
  topics: readonly Topic[]
  /** Reads once before any notice. */
  atOnce: boolean
  /** What has changed, with all that the position holds. */
  read(position: string | undefined): Promise<object[]>
  onError(error: unknown): void
}

/** Notices come in bursts; so long is waited for the rest of one. */
const settleMs = 200
const retryMs = 1_000

/**
 * A subscription's events, made of live notices. However many notices come, there is one read at a time, and the next
 * begins when what the last one found was taken: a slow reader gets fewer, newer events.
 */
export class Changes implements AsyncIterableIterator<Change> {
  readonly #options: ChangesOptions
  readonly #ready: Change[] = []
  readonly #end = new AbortController()
  readonly #listening: { close(): void }
  #position: Position = {}
  #isStale: boolean
  #wake: () => void = () => undefined

  /** Throws `too_many_requests` where the user listens as often as may be. */
  constructor(options: ChangesOptions) {
    this.#options = options
    this.#isStale = options.atOnce
    this.#listening = options.notices.listen(options.spaceId, undefined, ({ notice }) => this.#hear(notice))
    options.notices.stopped.addEventListener('abort', () => this.#finish(), { signal: this.#end.signal })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Change, undefined>> {
    while (!this.#end.signal.aborted) {
      const change = this.#ready.shift()
      if (change !== undefined) return { done: false, value: change }
      if (this.#isStale) await this.#read()
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return { done: true, value: undefined }
  }

  /** Ends what `next` waits for as well. */
  async return(): Promise<IteratorResult<Change, undefined>> {
    this.#finish()
    return { done: true, value: undefined }
  }

  #finish(): void {
    this.#listening.close()
    this.#end.abort()
    this.#wake()
  }

  #hear({ topic, log_position }: Rest.Notice): void {
    if (!this.#options.topics.includes(topic)) return
    for (const [context, seq] of Object.entries(decodePosition(log_position)) as [keyof Position, number][]) {
      this.#position[context] = Math.max(this.#position[context] ?? 0, seq)
    }
    this.#isStale = true
    this.#wake()
  }

  async #read(): Promise<void> {
    const isFirst = Object.keys(this.#position).length === 0
    if (!isFirst) await this.#pause(settleMs)
    this.#isStale = false
    const position = isFirst ? undefined : encodePosition(this.#position)
    try {
      for (const root of await this.#options.read(position)) this.#ready.push({ position, root })
    } catch (error) {
      if (this.#end.signal.aborted) return
      // The next try finds what this one would have.
      this.#options.onError(error)
      this.#isStale = true
      await this.#pause(retryMs)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      const ended = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#end.signal.addEventListener('abort', ended, { once: true })
    })
  }
}
