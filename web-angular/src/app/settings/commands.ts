import { signal } from '@angular/core'
import { Problem } from '../api/problem.ts'

/** One command of a page at a time: which part of it is at work, and what went wrong where. */
export class Commands<Part extends string> {
  readonly problem = signal<{ part: Part; problem: Problem } | undefined>(undefined)
  readonly busy = signal<Part | undefined>(undefined)

  async say(part: Part, command: () => Promise<void>): Promise<boolean> {
    this.problem.set(undefined)
    this.busy.set(part)
    try {
      await command()
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem.set({ part, problem: error })
      return false
    } finally {
      this.busy.set(undefined)
    }
  }
}
