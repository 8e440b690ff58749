import { computed, Injectable, inject, signal } from '@angular/core'
import { Router } from '@angular/router'
import { Auth, type Credentials } from '../api/auth.ts'
import { asProblem } from '../api/problem.ts'
import { texts } from '../texts.ts'
import { problemText } from '../ui/problem-text.ts'

type State = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }

@Injectable()
export class RegisterStore {
  readonly #auth = inject(Auth)
  readonly #router = inject(Router)
  readonly #state = signal<State>({ status: 'idle' })

  readonly busy = computed(() => this.#state().status === 'loading')
  readonly error = computed(() => {
    const state = this.#state()
    return state.status === 'failed' ? state.text : undefined
  })

  async register(entry: Credentials): Promise<void> {
    const wrong = whatIsWrong(entry)
    if (wrong !== undefined) {
      this.#state.set({ status: 'failed', text: wrong })
      return
    }
    this.#state.set({ status: 'loading' })
    try {
      await this.#auth.register(entry)
      await this.#router.navigateByUrl('/welcome')
    } catch (error) {
      const problem = asProblem(error)
      const first = problem.errors[0]?.detail
      this.#state.set({ status: 'failed', text: problem.status === 422 && first ? first : problemText(problem) })
    }
  }
}

/** The contract's own bounds (3–50, ≥ 8), said before the server has to. */
export function whatIsWrong({ username, password }: Credentials): string | undefined {
  if (username.length < 3 || username.length > 50) return texts.register.nameTooShort
  return password.length < 8 ? texts.register.passwordTooShort : undefined
}
