import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core'
import { Lake } from '../api/lake.ts'
import { Live } from '../api/live.ts'
import { liveLoad } from '../api/load.ts'
import { Problem } from '../api/problem.ts'
import type { QueryAnswer, SavedQuery } from '../api/types.ts'
import { sqlTexts } from '../texts/sql.ts'

export type Asked =
  | { status: 'idle' }
  | { status: 'asking' }
  | { status: 'stopped' }
  | { status: 'ready'; answer: QueryAnswer }
  | { status: 'failed'; problem: Problem }

@Injectable()
export class SqlStore {
  readonly #lake = inject(Lake)
  readonly live = inject(Live).state
  readonly datasets = liveLoad([], (ask) => this.#lake.datasets(ask))
  readonly saved = liveLoad(['queries'], (ask) => this.#lake.savedQueries(ask))

  readonly sql = signal(sqlTexts.first)
  readonly asked = signal<Asked>({ status: 'idle' })
  readonly answer = computed(() => {
    const asked = this.asked()
    return asked.status === 'ready' ? asked.answer : undefined
  })
  /** Of keeping or removing a question. */
  readonly problem = signal<Problem | undefined>(undefined)
  readonly removed = signal<SavedQuery | undefined>(undefined)
  #stop: AbortController | undefined

  constructor() {
    void this.datasets.load()
    void this.saved.load()
    inject(DestroyRef).onDestroy(() => this.#stop?.abort())
  }

  async ask(): Promise<void> {
    this.#stop?.abort()
    const stop = new AbortController()
    this.#stop = stop
    this.asked.set({ status: 'asking' })
    try {
      const answer = await this.#lake.query(this.sql(), { signal: stop.signal })
      if (this.#stop === stop) this.asked.set({ status: 'ready', answer })
    } catch (error) {
      if (this.#stop !== stop || stop.signal.aborted) return
      if (!(error instanceof Problem)) throw error
      this.asked.set({ status: 'failed', problem: error })
    }
  }

  /** The server ends the question, too, when its client goes. */
  stop(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.asked.set({ status: 'stopped' })
  }

  async keep(name: string): Promise<boolean> {
    return await this.#say(() => this.#lake.saveQuery(name, this.sql()))
  }

  async remove(query: SavedQuery): Promise<void> {
    if (await this.#say(() => this.#lake.deleteQuery(query.id))) this.removed.set(query)
  }

  /** What the page removed comes back, under a new id. */
  async takeBack(query: SavedQuery): Promise<void> {
    if (await this.#say(() => this.#lake.saveQuery(query.name, query.sql))) this.removed.set(undefined)
  }

  async #say(command: () => Promise<{ logPosition: string | undefined }>): Promise<boolean> {
    this.problem.set(undefined)
    try {
      const { logPosition } = await command()
      await this.saved.refresh(logPosition)
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem.set(error)
      return false
    }
  }
}
