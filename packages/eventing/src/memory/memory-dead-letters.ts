import { addressOf } from '../address.ts'
import { type DeadLetter, type DeadLetters, deadLetterId } from '../dead-letters.ts'
import type { Clock } from '../ports.ts'
import { systemClock } from '../system.ts'
import { createBell } from './bell.ts'

export function createMemoryDeadLetters({ clock = systemClock }: { clock?: Clock } = {}): DeadLetters {
  const letters = new Map<string, DeadLetter>()
  const bell = createBell()
  const list = (reaction?: string) =>
    [...letters.values()].filter((letter) => reaction === undefined || letter.reaction === reaction)
  return {
    async set(letter) {
      const id = deadLetterId(letter)
      const since = letters.get(id)?.since ?? clock.now().toISOString()
      letters.set(id, { ...letter, id, since, isAsked: false })
    },
    list: async (reaction) => list(reaction),
    async ask(id) {
      const letter = letters.get(id)
      if (!letter) return false
      letters.set(id, { ...letter, isAsked: true })
      bell.ring()
      return true
    },
    async take(reaction) {
      const letter = list(reaction).find(({ isAsked }) => isAsked)
      if (letter) letters.set(letter.id, { ...letter, isAsked: false })
      return letter
    },
    async remove(id) {
      letters.delete(id)
    },
    async erase({ spaceId, aggregateIds }) {
      for (const { id, subject } of list()) {
        const at = addressOf(subject)
        if (at.spaceId === spaceId && (aggregateIds?.includes(at.aggregateId) ?? true)) letters.delete(id)
      }
    },
    changed: bell.rung,
  }
}
