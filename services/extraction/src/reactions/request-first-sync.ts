import type { ConnectionEvent } from '@pf/contracts'
import { encodePosition, type Reaction, reaction } from '@pf/eventing'
import type { Parts } from '../application/parts.ts'
import { feedAccountOf, requestRun } from '../application/request-run.ts'

const viewWaitMs = 5000

/** A consent was confirmed: its accounts are fetched at once, over the longest history it allows. */
export function requestFirstSync(parts: Parts): Reaction {
  return reaction({
    name: 'extraction-request-first-sync',
    context: 'connection',
    aggregates: ['connection'],
    types: ['RequisitionLinked'],
    async handle({ spaceId, seq, events }) {
      // The log has checked them against this aggregate's declarations.
      const linked = (events as ConnectionEvent[]).find((event) => event.type === 'RequisitionLinked')
      if (linked?.type !== 'RequisitionLinked') return
      const { connectionId, requisitionId } = linked.data
      const { feedConnections } = parts.views
      if (!(await feedConnections.caughtUpTo(encodePosition({ connection: seq }), viewWaitMs))) {
        throw new Error(`Read model feed_connections is behind message ${seq}; tried again when it has passed it.`)
      }
      const [row] = await feedConnections.find({ where: { spaceId, connectionId }, limit: 1 })
      // Ended, removed or renewed since: that later word counts.
      if (row === undefined || !row.readable || row.requisitionId !== requisitionId) return
      const accounts = row.accounts.map((account) => ({ account: feedAccountOf(row, account), attempt: 0 }))
      await requestRun(parts, {
        spaceId,
        cause: `linked:${connectionId}:${requisitionId}`,
        trigger: 'linked',
        accounts,
      })
    },
  })
}
