import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { Live } from './live.ts'
import { Online } from './online.ts'
import { Session } from './session.ts'

/** `offline`: this device has no network. `silent`: it has, and the server does not answer. */
export type Reached = 'fine' | 'offline' | 'silent'

/** A stream that is cut and comes back at once is nobody's news. */
const graceMs = 4000
const firstDelayMs = 1000
const longestDelayMs = 30_000

/**
 * Whether what is on the screen can still be the truth: by the network, and by the stream of notices, without which new
 * figures would go unnoticed. An app that opened without an answer asks again until it knows who is signed in.
 */
@Injectable({ providedIn: 'root' })
export class Reach {
  readonly #online = inject(Online).on
  readonly #live = inject(Live)
  readonly #session = inject(Session)
  readonly #silent = signal(false)
  readonly #asOf = signal<Date | undefined>(undefined)
  #wasLive = false
  #grace: ReturnType<typeof setTimeout> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #delayMs = firstDelayMs

  readonly state = computed<Reached>(() => {
    if (!this.#online()) return 'offline'
    return this.#silent() || this.#session.unreachable() ? 'silent' : 'fine'
  })
  /** When the figures on the screen were last known to be the newest; undefined where nothing was ever read. */
  readonly asOf = this.#asOf.asReadonly()

  constructor() {
    effect(() => {
      const live = this.#live.state()
      untracked(() => this.#hear(live))
    })
    effect(() => {
      const unreachable = this.#session.unreachable()
      const online = this.#online()
      untracked(() => {
        if (!online) this.#lost()
        this.#askAgain(unreachable, online)
      })
    })
  }

  #hear(live: 'off' | 'connecting' | 'live'): void {
    clearTimeout(this.#grace)
    if (live === 'connecting') {
      this.#lost()
      this.#grace = setTimeout(() => this.#silent.set(true), graceMs)
    } else this.#silent.set(false)
    this.#wasLive = live === 'live'
  }

  /** The moment the stream goes is what the figures are as of. */
  #lost(): void {
    if (this.#wasLive) this.#asOf.set(new Date())
    this.#wasLive = false
  }

  #askAgain(unreachable: boolean, online: boolean): void {
    clearTimeout(this.#again)
    if (!unreachable || !online) return
    this.#again = setTimeout(async () => {
      this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2)
      await this.#session.start()
      if (this.#session.unreachable()) this.#askAgain(true, this.#online())
      else this.#live.tellAll()
    }, this.#delayMs)
  }
}
