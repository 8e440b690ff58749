import { computed, Injectable, inject, signal } from '@angular/core'
import { Router } from '@angular/router'
import { Auth, type Credentials } from '../api/auth.ts'
import { Authenticator } from '../api/authenticator.ts'
import { inside } from '../api/guards.ts'
import { asProblem, type Problem } from '../api/problem.ts'
import { Session } from '../api/session.ts'
import { signInTexts } from '../texts/entry.ts'
import { texts } from '../texts.ts'
import { problemText } from '../ui/problem-text.ts'

type State = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }

@Injectable()
export class SignInStore {
  readonly #auth = inject(Auth)
  readonly #authenticator = inject(Authenticator)
  readonly #router = inject(Router)
  readonly #session = inject(Session)
  readonly #state = signal<State>({ status: 'idle' })

  /** The browser has them; where this server has none its refusal takes the offer away. */
  readonly passkeys = signal(this.#authenticator.present)
  readonly busy = computed(() => this.#state().status === 'loading')
  readonly error = computed(() => {
    const state = this.#state()
    if (state.status === 'failed') return state.text
    const refused = this.#session.refused()
    return refused && problemText(refused)
  })
  /** Name and password were right, and a second factor is asked for: what the second step is answered with. */
  readonly second = signal<string | undefined>(undefined)
  readonly notice = computed(() => {
    if (this.error() !== undefined) return undefined
    if (this.#session.unreachable()) return signInTexts.unreachable
    return this.#session.ended() ? signInTexts.ended : undefined
  })

  /** Leaves for Keycloak's own form. */
  async leave(next: string | undefined): Promise<void> {
    this.#state.set({ status: 'loading' })
    try {
      await this.#session.leaveToSignIn(inside(next))
    } catch (error) {
      this.#state.set({ status: 'failed', text: problemText(asProblem(error)) })
    }
  }

  /** Signs in and goes where the person wanted to go. */
  async signIn(entry: Credentials, next: string | undefined): Promise<void> {
    if (entry.username === '' || entry.password === '') {
      this.#state.set({ status: 'failed', text: signInTexts.incomplete })
      return
    }
    await this.#enter(() => this.#auth.signIn(entry), next)
  }

  async secondStep(said: string, next: string | undefined): Promise<void> {
    const token = this.second()
    if (token === undefined) return
    if (said.trim() === '') {
      this.#state.set({ status: 'failed', text: signInTexts.second.incomplete })
      return
    }
    await this.#enter(() => this.#auth.secondStep(token, said), next)
  }

  async signInByPasskey(next: string | undefined): Promise<void> {
    const token = this.second()
    await this.#enter(
      () => (token === undefined ? this.#auth.signInByPasskey() : this.#auth.secondStepByPasskey(token)),
      next,
    )
  }

  /** Back to name and password. */
  startOver(): void {
    this.second.set(undefined)
    this.#state.set({ status: 'idle' })
  }

  async #enter(prove: () => Promise<void>, next: string | undefined): Promise<void> {
    this.#state.set({ status: 'loading' })
    try {
      await prove()
      await this.#router.navigateByUrl(inside(next))
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code === 'mfa_required' && problem.mfaToken !== undefined) {
        this.second.set(problem.mfaToken)
        this.#state.set({ status: 'idle' })
        return
      }
      // Five minutes or five tries are over: the password is asked for again.
      if (problem.code === 'mfa_token_invalid') this.second.set(undefined)
      if (problem.code === 'passkeys_off') this.passkeys.set(false)
      this.#state.set({ status: 'failed', text: wordsOf(problem) })
    }
  }
}

const wordsOf = (problem: Problem): string =>
  problem.status === 422 ? (texts.problemsByCode['bad_credentials'] ?? '') : problemText(problem)
