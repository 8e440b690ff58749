import { type LedgerEvent, ledgerEvents } from '@pf/contracts'
import { type Reaction, type Recorded, reaction } from '@pf/eventing'

/** Whatever reaches the lake reaches the marts. */
export const materialiseStored = (
  materialise: (stored: Recorded<LedgerEvent>) => Promise<void>,
  maxInFlight: number,
): Reaction =>
  reaction({
    name: 'analytics-materialise-stored',
    context: ledgerEvents.context,
    aggregates: [ledgerEvents.aggregate],
    maxInFlight,
    // Ledgers hold ledger events and nothing else: decoding has checked it.
    handle: (stored) => materialise(stored as Recorded<LedgerEvent>),
  })
