import { computed, effect, Injectable, inject, untracked } from '@angular/core'
import { Remembered } from '../api/preferences.ts'
import { dashboardTexts } from '../texts/dashboard.ts'
import { Done } from '../ui/done.ts'
import { problemText } from '../ui/problem-text.ts'
import { type Arrangement, arrangementOf, asItWas, type CardId, laidOut, moved, toggled } from './cards.ts'

/** Kept on this device until sign-out, for the first paint: cards that jump when the server has answered would be worse. */
const lastKey = 'pf.page.dashboard'

/** Which cards stand where: the same on every device of the person, remembered by the server. */
@Injectable()
export class DashboardArrangement {
  readonly #done = inject(Done)
  readonly #last = arrangementOf(lastKnown())
  readonly #remembered = new Remembered<Arrangement>('dashboard.cards', (value) =>
    value === undefined ? this.#last : arrangementOf(value),
  )
  readonly value = this.#remembered.value
  readonly cards = computed(() => laidOut(this.value()))

  constructor() {
    effect(() => {
      const value = JSON.stringify(this.value())
      try {
        localStorage.setItem(lastKey, value)
      } catch {
        // Storage is blocked: the next first paint is the default.
      }
    })
    effect(() => {
      const problem = this.#remembered.problem()
      if (problem) untracked(() => this.#done.fail(problemText(problem)))
    })
  }

  move(id: CardId, place: number): void {
    void this.#remembered.change((now) => moved(now, id, place))
  }

  toggle(id: CardId): void {
    const hides = !this.value().hidden.includes(id)
    void this.#remembered.change((now) => toggled(now, id))
    if (!hides) {
      this.#done.putAway()
      return
    }
    const name = dashboardTexts.arrange.cards[id]
    this.#done.say(dashboardTexts.arrange.hidden(name), () => this.#remembered.change((now) => toggled(now, id)))
  }

  reset(): void {
    const before = this.value()
    void this.#remembered.change(() => asItWas)
    this.#done.say(dashboardTexts.arrange.resetDone, () => this.#remembered.change(() => before))
  }
}

function lastKnown(): unknown {
  try {
    return JSON.parse(localStorage.getItem(lastKey) ?? 'null')
  } catch {
    return null
  }
}
