import { type ConnectionEvent, connectionEvents, ledgerEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { type Platform, type Service, startService } from '@pf/service-kit'
import { derivedId } from './adapters/derived-id.ts'
import { objectLake } from './adapters/object-lake.ts'
import { packedRows } from './adapters/packed-rows.ts'
import { sealedRawObjects } from './adapters/sealed-raw-objects.ts'
import { accountDetails } from './application/describe-accounts.ts'
import { LedgerRows } from './application/ledger-rows.ts'
import type { StoreSyncParts } from './application/store-sync.ts'
import { type ConnectionFacts, learn, unknownConnection } from './domain/connection-facts.ts'
import * as ledger from './domain/ledger.ts'
import { fetchedSyncs } from './reactions/fetched-syncs.ts'
import { type LinkedAccountsParts, linkedAccounts } from './reactions/linked-accounts.ts'

export type StorageOptions = {
  /** Memory for the present rows of the accounts synced last, packed; 64 MiB unless told. */
  maxRowBytes?: number
}

/** Raw answers become the lake; identity is decided here and nowhere else. */
export function startStorage(platform: Platform, options: StorageOptions = {}): Promise<Service> {
  const { fetched, linked } = storageParts(platform, options)
  return startService(platform, { name: 'storage', reactions: [fetchedSyncs(fetched), linkedAccounts(linked)] })
}

/** What the two reactions work with, put together. */
export function storageParts(
  { eventLog: log, keys, objects, clock, ids }: Platform,
  { maxRowBytes }: StorageOptions = {},
): { fetched: StoreSyncParts; linked: LinkedAccountsParts } {
  const eventing = { log, sealer: keys, clock, ids }
  const ledgers = createCommandHandler({ ...ledgerEvents, decider: ledger }, eventing)
  const lake = objectLake(objects)
  const raw = sealedRawObjects(objects, keys)
  const rows = new LedgerRows({
    lake,
    packing: packedRows,
    ...(maxRowBytes !== undefined && { maxBytes: maxRowBytes }),
  })
  const factsOf = connectionReader(eventing)
  return {
    fetched: {
      ledgers,
      rows,
      lake,
      raw,
      clock,
      idOf: derivedId,
      async holderOf(account) {
        const linked = (await factsOf(account)).accounts[account.accountId]
        return linked && (await accountDetails(account, linked, raw)).ownerName
      },
    },
    linked: { ledgers, lake, raw, factsOf },
  }
}

/** Reads connection's log and never writes to it: an aggregate without commands. */
function connectionReader(parts: Parameters<typeof createCommandHandler>[1]) {
  const decider = { initial: unknownConnection, decide: (_: never): ConnectionEvent[] => [], evolve: learn }
  const connections = createCommandHandler<ConnectionFacts, never, ConnectionEvent>(
    { ...connectionEvents, decider },
    parts,
  )
  return async ({ spaceId, connectionId }: { spaceId: string; connectionId: string }): Promise<ConnectionFacts> =>
    (await connections.load({ spaceId, aggregateId: connectionId })).state
}
