import type { DeadLetters } from '@pf/eventing'
import { createMemoryDeadLetters } from '@pf/eventing/memory'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

/** Where reactions set aside what can but fail, in the one database of all processes. */
export class DeadLetterOffice {
  readonly letters: DeadLetters
  readonly #line: Line

  constructor(line: Line) {
    this.#line = line
    this.letters = createMemoryDeadLetters({ clock: line.time.clock })
  }

  lettersOf(owner: Owner): DeadLetters {
    const { letters } = this
    const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
      await this.#line.turn(owner)
      return ask()
    }
    return {
      set: (letter) => asked(() => letters.set(letter)),
      list: (reaction) => asked(() => letters.list(reaction)),
      ask: (id) => asked(() => letters.ask(id)),
      take: (reaction) => asked(() => letters.take(reaction)),
      remove: (id) => asked(() => letters.remove(id)),
      erase: (of) => asked(() => letters.erase(of)),
      changed: async (signal) => {
        await letters.changed(signal)
        await this.#line.turn(owner)
      },
    }
  }
}
