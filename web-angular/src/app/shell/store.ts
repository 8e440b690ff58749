import { computed, effect, Injectable, inject } from '@angular/core'
import { Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Online } from '../api/online.ts'
import { Session } from '../api/session.ts'

/** What the frame around every page knows: who, online or not; and the way out when the session ends. */
@Injectable()
export class ShellStore {
  readonly #session = inject(Session)
  readonly #router = inject(Router)
  readonly online = inject(Online).on
  readonly live = inject(Live).state
  readonly username = computed(() => this.#session.user()?.username ?? '')

  constructor() {
    effect(() => {
      if (this.#session.signedIn()) return
      const next = this.#session.ended() ? { next: this.#router.url } : {}
      void this.#router.navigate(['/sign-in'], { queryParams: next })
    })
  }

  signOut(): Promise<void> {
    return this.#session.signOut()
  }
}
