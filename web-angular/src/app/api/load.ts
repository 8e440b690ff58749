import { computed, DestroyRef, inject, signal } from '@angular/core'
import type { Ask } from './http.ts'
import { Live } from './live.ts'
import { Problem } from './problem.ts'
import type { Notice, Topic } from './types.ts'

/** One union per load. `value` beside `loading` and `failed` is what stood before: figures stay while we ask again. */
export type Loaded<T> =
  | { status: 'idle'; value?: undefined }
  | { status: 'loading'; value?: T }
  | { status: 'ready'; value: T }
  | { status: 'failed'; problem: Problem; value?: T }

/**
 * A question to the API and its latest answer. `load` drops what is under way, `refresh` never overlaps it: one that
 * comes meanwhile is done once more afterwards, however many came.
 */
export class Load<T> {
  readonly #state = signal<Loaded<T>>({ status: 'idle' })
  readonly state = this.#state.asReadonly()
  readonly value = computed(() => this.#state().value)
  readonly #fetch: (ask: Ask) => Promise<T>
  #stop: AbortController | undefined
  #running: Promise<void> = Promise.resolve()
  #again: { logPosition: string | undefined } | undefined

  constructor(fetch: (ask: Ask) => Promise<T>) {
    this.#fetch = fetch
  }

  /** Asks anew and drops what is under way. With `keep` the old answer stays in sight, marked as loading. */
  load({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    this.#stop?.abort()
    this.#again = undefined
    this.#state.set({ status: 'loading', value: keep ? this.#state().value : undefined })
    return this.#begin(undefined)
  }

  /** Resolves when an answer asked for after this call is there (or failed). */
  refresh(logPosition?: string): Promise<void> {
    if (this.#stop !== undefined) {
      this.#again = { logPosition }
      return this.#running
    }
    if (this.#state().value === undefined) this.#state.set({ status: 'loading' })
    return this.#begin(logPosition)
  }

  /** Ends what is under way; the last answer stays. */
  stop(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.#again = undefined
  }

  #begin(logPosition: string | undefined): Promise<void> {
    this.#running = this.#run(logPosition)
    return this.#running
  }

  async #run(logPosition: string | undefined): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    try {
      const value = await this.#fetch({ signal: stop.signal, logPosition })
      await turn()
      if (this.#stop === stop) this.#state.set({ status: 'ready', value })
    } catch (error) {
      if (this.#stop !== stop) return
      if (!(error instanceof Problem)) throw error
      this.#state.set({ status: 'failed', problem: error, value: this.#state().value })
    } finally {
      if (this.#stop === stop) this.#stop = undefined
    }
    const again = this.#again
    this.#again = undefined
    if (again !== undefined && this.#stop === undefined) await this.#run(again.logPosition)
  }
}

let last: Promise<void> | undefined

/**
 * Answers that come together are shown one a task, each drawn before the next: all at once they would keep a slow phone from
 * answering a finger. One that comes alone does not wait, nor does any where nobody looks: there the browser holds timers back.
 */
function turn(): Promise<void> {
  if (document.hidden) return Promise.resolve()
  const mine = last ?? Promise.resolve()
  const next = mine.then(() => new Promise<void>((resolve) => setTimeout(resolve)))
  last = next
  void next.then(() => {
    if (last === next) last = undefined
  })
  return mine
}

/**
 * What a card says of a load that waits for another's answer: where that one failed, its failure, and trying again asks
 * it. Without this, a card whose question was never asked would look as if it loaded for ever.
 */
export class Following<T> {
  readonly #first: Load<unknown>
  readonly #load: Load<T>
  readonly state

  constructor(first: Load<unknown>, load: Load<T>) {
    this.#first = first
    this.#load = load
    this.state = computed((): Loaded<T> => {
      const [before, mine] = [first.state(), load.state()]
      return mine.status === 'idle' && before.status === 'failed' ? { status: 'failed', problem: before.problem } : mine
    })
  }

  refresh(): Promise<void> {
    return this.#load.state().status === 'idle' ? this.#first.refresh() : this.#load.refresh()
  }
}

/** For a store: loads now, refreshes on each notice of these topics, ends with the store. */
export function liveLoad<T>(
  topics: readonly Topic[],
  fetch: (ask: Ask) => Promise<T>,
  mine?: (news: Partial<Notice>) => boolean,
): Load<T> {
  const load = new Load(fetch)
  const off = inject(Live).on(topics, (news) => {
    if (mine === undefined || news.topic === undefined || mine(news)) void load.refresh(news.log_position)
  })
  inject(DestroyRef).onDestroy(() => {
    off()
    load.stop()
  })
  return load
}
