import type { ConnectionEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type DescribeAccountsParts, describeAccounts } from '../application/describe-accounts.ts'
import type { ConnectionFacts } from '../domain/connection-facts.ts'

export type LinkedAccountsParts = DescribeAccountsParts & {
  factsOf(connection: { spaceId: string; connectionId: string }): Promise<ConnectionFacts>
}

/** A linked consent describes its accounts. */
export const linkedAccounts = (parts: LinkedAccountsParts): Reaction =>
  reaction({
    name: 'storage-linked-accounts',
    context: 'connection',
    aggregates: ['connection'],
    types: ['RequisitionLinked'],
    async handle({ events, spaceId, aggregateId, commandId, correlationId, time }) {
      // Narrowed to connections, and validated against their declarations when it was opened.
      for (const event of events as ConnectionEvent[]) {
        if (event.type !== 'RequisitionLinked') continue
        const facts = await parts.factsOf({ spaceId, connectionId: aggregateId })
        await describeAccounts(
          event.data,
          { spaceId, facts, linkedAt: time },
          { commandId: `describe-${event.data.requisitionId}`, correlationId, causationId: commandId },
          parts,
        )
      }
    },
  })
