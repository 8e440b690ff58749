import { type LedgerEvent, ledgerEvents } from '@pf/contracts'
import { type Reaction, type Recorded, reaction } from '@pf/eventing'

/** Whatever reaches the lake reaches the marts. */
export const materialiseStored = (materialise: (stored: Recorded<LedgerEvent>) => Promise<void>): Reaction =>
  reaction<LedgerEvent>({
    name: 'analytics-materialise-stored',
    context: ledgerEvents.context,
    aggregates: [ledgerEvents.aggregate],
    handle: (stored) => materialise(stored),
  })
