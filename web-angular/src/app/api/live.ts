import { effect, Injectable, inject, signal, untracked } from '@angular/core'
import { Session } from './session.ts'
import { type ServerEvent, SseParser } from './sse.ts'
import type { Notice, Topic } from './types.ts'

export type LiveState = 'off' | 'connecting' | 'live'
/** What a listener gets: where to read from, and whose news it is. Without a position: just fetch again. */
export type News = Partial<Notice>

const firstDelayMs = 1000
const longestDelayMs = 30_000
/** Hidden for longer, a phone may have dropped the connection without a word: connect anew. */
const staleAfterMs = 30_000

/**
 * The one stream of notices of this tab: open while somebody is signed in. It resumes by `Last-Event-ID`; after `reset`
 * and after every fresh start all listeners fetch again.
 */
@Injectable({ providedIn: 'root' })
export class Live {
  readonly state = signal<LiveState>('off')
  readonly #session = inject(Session)
  readonly #listeners = new Set<{ topics: readonly Topic[]; hear: (news: News) => void }>()
  #stop: AbortController | undefined
  #wake: (() => void) | undefined
  #lastId: string | undefined
  #delayMs = firstDelayMs
  #hiddenAtMs = 0

  constructor() {
    effect(() => {
      const signedIn = this.#session.signedIn()
      untracked(() => (signedIn ? this.#open() : this.#close()))
    })
    addEventListener('online', () => this.#wake?.())
    document.addEventListener('visibilitychange', () => this.#onVisibility())
  }

  /** Calls `hear` for each notice of these topics until the returned function is called. */
  on(topics: readonly Topic[], hear: (news: News) => void): () => void {
    const listener = { topics, hear }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #open(): void {
    if (this.#stop !== undefined) return
    const stop = new AbortController()
    this.#stop = stop
    void this.#run(stop.signal)
  }

  #close(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.#lastId = undefined
    this.#wake?.()
    this.state.set('off')
  }

  async #run(stop: AbortSignal): Promise<void> {
    let first = true
    while (!stop.aborted) {
      this.state.set('connecting')
      const resumed = this.#lastId !== undefined
      const ended = await this.#read(stop, () => {
        // A stream without a place to resume from may have missed something while it was away.
        if (!first && !resumed) this.tellAll()
        first = false
      })
      if (stop.aborted) return
      this.state.set('connecting')
      if (ended === 'refused') await this.#session.refresh().catch(() => undefined)
      await this.#pause(ended === 'closed' ? 0 : this.#delayMs)
      this.#delayMs = ended === 'closed' ? firstDelayMs : Math.min(longestDelayMs, this.#delayMs * 2)
    }
  }

  async #read(stop: AbortSignal, opened: () => void): Promise<'closed' | 'refused' | 'failed'> {
    try {
      const token = await this.#session.token()
      const headers = new Headers({ Accept: 'text/event-stream', Authorization: `Bearer ${token}` })
      if (this.#lastId !== undefined) headers.set('Last-Event-ID', this.#lastId)
      const response = await fetch('/api/events', { headers, signal: stop, cache: 'no-store' })
      if (response.status === 401) return 'refused'
      if (!response.ok || response.body === null) return 'failed'
      this.state.set('live')
      opened()
      return await this.#follow(response.body)
    } catch {
      // Aborted, offline, or cut off: which of them does not matter, all are tried again.
      return 'failed'
    }
  }

  async #follow(body: ReadableStream<Uint8Array>): Promise<'closed' | 'failed'> {
    const parser = new SseParser()
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
    let heard = false
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      for (const event of parser.push(step.value)) this.#hear(event)
      heard = true
      this.#delayMs = firstDelayMs
    }
    // A stream that ends without a word is not a token's end; without a pause we would ask in a circle.
    return heard ? 'closed' : 'failed'
  }

  #hear(event: ServerEvent): void {
    if (event.id !== undefined) this.#lastId = event.id
    if (event.event === 'reset') {
      this.#lastId = event.id
      this.tellAll()
      return
    }
    if (event.event !== 'notice') return
    const notice = JSON.parse(event.data) as Notice
    // The session changed at the server (revoked, perhaps): asking for a token tells.
    if (notice.topic === 'session') void this.#session.refresh().catch(() => undefined)
    for (const listener of this.#listeners) if (listener.topics.includes(notice.topic)) listener.hear(notice)
  }

  /** Every listener fetches again: news may have passed unheard. */
  tellAll(): void {
    for (const listener of this.#listeners) listener.hear({})
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #onVisibility(): void {
    if (document.visibilityState === 'hidden') this.#hiddenAtMs = Date.now()
    else if (this.#stop !== undefined && Date.now() - this.#hiddenAtMs > staleAfterMs) {
      this.#stop.abort()
      this.#stop = undefined
      this.#wake?.()
      this.#open()
    }
  }
}
