import { computed, Injectable, inject, signal } from '@angular/core'
import { Banks } from '../api/banks.ts'
import { Leave } from '../api/leave.ts'
import { Load } from '../api/load.ts'
import { asProblem } from '../api/problem.ts'
import { Session } from '../api/session.ts'
import type { Institution } from '../api/types.ts'
import { problemText } from '../ui/problem-text.ts'

type Opening = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }

/** The sandbox's bank that holds the household (api.md, Sandbox bank); others it lists have no accounts. */
const household = 'SANDBOXFINANCE_SFIN0000'

export const theDemo = (institutions: readonly Institution[]): Institution | undefined =>
  institutions.find((one) => one.demo && one.id === household) ?? institutions.find((one) => one.demo)

/** The demo bank is an institution like any other; the sandbox lists it where it is switched on. */
@Injectable()
export class WelcomeStore {
  readonly #banks = inject(Banks)
  readonly #leave = inject(Leave)
  readonly #session = inject(Session)
  readonly #opening = signal<Opening>({ status: 'idle' })
  readonly #institutions = new Load((ask) => this.#banks.institutions('GB', ask))
  readonly state = this.#institutions.state

  readonly username = computed(() => this.#session.user()?.username ?? '')
  readonly demo = computed(() => theDemo(this.#institutions.value()?.items ?? []))
  readonly busy = computed(() => this.#opening().status === 'loading')
  readonly error = computed(() => {
    const opening = this.#opening()
    return opening.status === 'failed' ? opening.text : undefined
  })

  constructor() {
    void this.#institutions.load()
  }

  retry(): void {
    void this.#institutions.load()
  }

  async openDemo(): Promise<void> {
    const demo = this.demo()
    if (!demo || this.busy()) return
    this.#opening.set({ status: 'loading' })
    try {
      this.#leave.to((await this.#banks.connect(demo)).link)
    } catch (error) {
      this.#opening.set({ status: 'failed', text: problemText(asProblem(error)) })
    }
  }
}
