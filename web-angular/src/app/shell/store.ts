import { computed, effect, Injectable, inject } from '@angular/core'
import { Router } from '@angular/router'
import { Reach } from '../api/reach.ts'
import { Session } from '../api/session.ts'
import { texts } from '../texts.ts'
import { timeText } from '../ui/days.ts'

/** What the frame around every page knows: who, reached or not; and the way out when the session ends. */
@Injectable()
export class ShellStore {
  readonly #session = inject(Session)
  readonly #router = inject(Router)
  readonly #reach = inject(Reach)
  readonly reached = this.#reach.state
  readonly username = computed(() => this.#session.user()?.username ?? '')
  /** Why the figures may not be the newest, in words; undefined while they are. */
  readonly away = computed(() => {
    const reached = this.reached()
    if (reached === 'fine') return undefined
    const asOf = this.#reach.asOf()
    return texts.shell.away[reached](asOf && timeText(asOf.toISOString()))
  })

  constructor() {
    effect(() => {
      if (this.#session.signedIn() || this.#session.unreachable()) return
      const next = this.#session.ended() ? { next: this.#router.url } : {}
      void this.#router.navigate(['/sign-in'], { queryParams: next })
    })
  }

  signOut(): Promise<void> {
    return this.#session.signOut()
  }
}
