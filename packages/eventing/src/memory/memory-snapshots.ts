import { addressOf } from '../address.ts'
import type { Snapshots, StoredSnapshot } from '../ports.ts'

export function createMemorySnapshots(): Snapshots {
  const kept = new Map<string, StoredSnapshot>()
  return {
    find: async (subject) => kept.get(subject),
    keep: async (subject, { shape, keyId, body }) => void kept.set(subject, { shape, keyId, body: body.slice() }),
    async drop(of) {
      for (const subject of kept.keys()) {
        const { context, aggregate, spaceId, aggregateId } = addressOf(subject)
        if (context !== of.context || spaceId !== of.spaceId) continue
        if (of.aggregateId === undefined || (aggregate === of.aggregate && aggregateId === of.aggregateId)) {
          kept.delete(subject)
        }
      }
    },
  }
}
