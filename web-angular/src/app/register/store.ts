import { computed, Injectable, inject, signal } from '@angular/core'
import { Router } from '@angular/router'
import { Auth, type Registration } from '../api/auth.ts'
import { liveLoad } from '../api/load.ts'
import { asProblem } from '../api/problem.ts'
import { Session } from '../api/session.ts'
import { registerTexts } from '../texts/entry.ts'
import { problemText } from '../ui/problem-text.ts'

type State = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }

@Injectable()
export class RegisterStore {
  readonly #auth = inject(Auth)
  readonly #router = inject(Router)
  readonly #session = inject(Session)
  readonly #state = signal<State>({ status: 'idle' })
  readonly #config = liveLoad([], () => this.#auth.config())

  readonly busy = computed(() => this.#state().status === 'loading')
  readonly error = computed(() => {
    const state = this.#state()
    return state.status === 'failed' ? state.text : undefined
  })
  /** Without the server's word for it nobody is asked for what may not be needed. */
  readonly asksForInvite = computed(() => this.#config.value()?.invite_needed ?? false)

  constructor() {
    void this.#config.load()
  }

  /** With Keycloak the person is made known there, and signs in on its page. */
  async register(entry: Registration): Promise<void> {
    const wrong = whatIsWrong(entry, this.asksForInvite())
    if (wrong !== undefined) {
      this.#state.set({ status: 'failed', text: wrong })
      return
    }
    this.#state.set({ status: 'loading' })
    try {
      await this.#auth.register(entry)
      if (this.#config.value()?.mode === 'keycloak')
        return await this.#session.leaveToSignIn('/welcome', entry.username)
      await this.#auth.signIn(entry)
      await this.#router.navigateByUrl('/welcome')
    } catch (error) {
      const problem = asProblem(error)
      // What is wrong with a name or a password stands in the server's own words.
      const said = problem.status === 422 ? (problem.errors[0]?.detail ?? problem.detail) : ''
      this.#state.set({ status: 'failed', text: said || problemText(problem) })
      if (problem.code === 'invite_needed') await this.#config.refresh()
    }
  }
}

/** The contract's own bounds (3–50, ≥ 8), said before the server has to. */
export function whatIsWrong({ username, password, invite }: Registration, asksForInvite: boolean): string | undefined {
  if (username.length < 3 || username.length > 50) return registerTexts.nameTooShort
  if (password.length < 8) return registerTexts.passwordTooShort
  return asksForInvite && !invite ? registerTexts.inviteMissing : undefined
}
