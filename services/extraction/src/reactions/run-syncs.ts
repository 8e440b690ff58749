import type { RunEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { fetchAccount } from '../application/fetch-account.ts'
import type { Parts } from '../application/parts.ts'

/** Accounts of one run that are fetched at the same time: banks limit calls, and answers are held in memory. */
const atATime = 3

/** Does the syncs of a run. One account in trouble keeps no other from its end; what failed here is tried again. */
export function runSyncs(parts: Parts): Reaction {
  return reaction({
    name: 'extraction-run-syncs',
    context: 'extraction',
    aggregates: ['run'],
    async handle({ spaceId, events }, { signal }) {
      // The log has checked them against this aggregate's declarations.
      const waiting = (events as RunEvent[]).map(({ data }) => data)
      const failures: unknown[] = []
      const work = async () => {
        for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
          const requested = next
          await parts
            .fetching(requested.account.accountId, () => fetchAccount(parts, spaceId, requested, signal))
            .catch((error: unknown) => failures.push(error))
        }
      }
      await Promise.all(Array.from({ length: atATime }, work))
      if (failures.length > 0) throw failures[0]
      signal.throwIfAborted()
    },
  })
}
