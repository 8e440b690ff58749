import { Injectable, signal } from '@angular/core'
import { asProblem } from '../api/problem.ts'
import { texts } from '../texts.ts'
import { problemText } from './problem-text.ts'

export type Deed = { text: string; kind: 'done' | 'failed'; back?: () => Promise<void> }

/**
 * What a page has just done, said once at the foot of every page; `back` takes it back. Only for what can be taken back
 * without loss: what cannot asks first. The next deed takes its place.
 */
@Injectable({ providedIn: 'root' })
export class Done {
  readonly #deed = signal<Deed | undefined>(undefined)
  readonly deed = this.#deed.asReadonly()

  say(text: string, back?: () => Promise<void>): void {
    this.#deed.set({ text, kind: 'done', ...(back === undefined ? {} : { back }) })
  }

  fail(text: string): void {
    this.#deed.set({ text, kind: 'failed' })
  }

  putAway(): void {
    this.#deed.set(undefined)
  }

  async takeBack(): Promise<void> {
    const back = this.#deed()?.back
    if (back === undefined) return
    this.putAway()
    try {
      await back()
      this.say(texts.shell.takenBack)
    } catch (error) {
      this.fail(problemText(asProblem(error)))
    }
  }
}
