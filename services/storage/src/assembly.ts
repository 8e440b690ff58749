import {
  type AggregateDeclaration,
  type AnyEvent,
  type ConnectionEvent,
  connectionEvents,
  type FeedEvent,
  feedEvents,
  type LedgerEvent,
  ledgerEvents,
  type RawRef,
  type RunEvent,
  runEvents,
} from '@pf/contracts'
import {
  type CommandHandlerParts,
  createCommandHandler,
  type ErasedRows,
  type Reaction,
  readHistory,
} from '@pf/eventing'
import { commandHandling, type Erasing, type Platform, startProjections, type Task } from '@pf/service-kit'
import { derivedId } from './adapters/derived-id.ts'
import { objectStoreMark } from './adapters/erasure-mark.ts'
import { type LakeFormat, objectLake } from './adapters/object-lake.ts'
import { keptOpen, packedRows } from './adapters/packed-rows.ts'
import { letParquetGo } from './adapters/parquet-module.ts'
import { sealedRawObjects } from './adapters/sealed-raw-objects.ts'
import { statementsInProcesses } from './adapters/statements-in-processes.ts'
import { AccountRows, type RowPacking } from './application/account-rows.ts'
import { accountDetails } from './application/describe-accounts.ts'
import { eraseLake, forgetRows } from './application/erase-lake.ts'
import { LedgerRows } from './application/ledger-rows.ts'
import type { LogSyncsParts } from './application/log-syncs.ts'
import type { Parts } from './application/parts.ts'
import type { StoreInOrderParts } from './application/store-in-order.ts'
import { createTending } from './application/tend-lake.ts'
import { defaultLakeBounds, defaultStatementBounds, type LakeBounds, type StatementBounds } from './bounds.ts'
import { type ConnectionFacts, factTypes, learn, unknownConnection } from './domain/connection-facts.ts'
import { addFetched, type FetchedAnswers, nothingFetched } from './domain/fetched-answers.ts'
import * as ledger from './domain/ledger.ts'
import {
  learnRequests,
  learnSyncs,
  noRequests,
  noSyncs,
  type Requests,
  type SyncFactsById,
  syncTypes,
} from './domain/sync-log.ts'
import { endedSyncs } from './reactions/ended-syncs.ts'
import { fetchedSyncs } from './reactions/fetched-syncs.ts'
import { type LinkedAccountsParts, linkedAccounts } from './reactions/linked-accounts.ts'
import { type LedgerRow, ledgers } from './read/ledgers.ts'

export {
  balances as balanceRows,
  decisions as decisionRows,
  heldRows,
  observations as observationRows,
} from './domain/lake.ts'
export type { LakeFormat }

export type StorageOptions = {
  /** Memory for the present rows of the accounts synced last, packed; 64 MiB unless told. */
  maxRowBytes?: number
  /** Of them, so many rows are kept unpacked beside it, some 700 bytes each; 20,000 unless told. */
  maxOpenRows?: number
  bounds?: Partial<LakeBounds>
  /** Of reading one statement file. */
  statements?: Partial<StatementBounds>
  /** How rows become the bytes of a lake file; Parquet unless told. */
  format?: LakeFormat
  /** How present rows are kept in memory; compressed unless told. */
  packing?: RowPacking
}

export const readModels = { ledgers }

export type AssembledStorage = {
  parts: Parts
  erasing: Erasing
  projections: Awaited<ReturnType<typeof startReadModels>>
  reactions: Reaction[]
  tasks: Task[]
}

const startReadModels = (platform: Platform) => startProjections(platform, readModels)

/** All of the service but its shell: what `start-storage.ts` puts on the bus, and what a simulation runs without one. */
export async function assembleStorage(platform: Platform, options: StorageOptions = {}): Promise<AssembledStorage> {
  const { fetched, linked, ended } = storageParts(platform, options)
  const projections = await startReadModels(platform)
  const parts: Parts = {
    ...fetched,
    views: { ledgers: projections.ledgers.reader },
    uploads: { read: (spaceId, { raw }) => openUpload(platform, spaceId, raw) },
    statements: statementsInProcesses({ ...defaultStatementBounds, ...options.statements }),
    emptyRows: () => new AccountRows(packedRows),
    historyOf: historyReader(platform),
    ledgerMessagesOf: ({ spaceId, accountId }) =>
      readHistory(ledgerEvents, { spaceId, aggregateId: accountId }, { log: platform.eventLog, sealer: platform.keys }),
  }
  const bounds = { ...defaultLakeBounds, ...options.bounds }
  const { objects, ids, logger } = platform
  const tending = {
    ...fetched,
    objects,
    ids,
    logger,
    views: parts.views,
    gate: platform.gate,
    leaving: platform.leaving,
  }
  const erasing = {
    objects,
    rows: fetched.rows,
    erase: { ledgers: (of: ErasedRows<LedgerRow>) => platform.readModels.erase(ledgers, of) },
  }
  return {
    parts,
    erasing: {
      context: 'storage',
      aggregatesOf: async ({ accountIds }) =>
        accountIds.map((aggregateId) => ({ aggregate: ledgerEvents.aggregate, aggregateId })),
      shared: (scope) => eraseLake(erasing, scope),
      own: async (scope) => forgetRows(erasing, scope),
      marks: [objectStoreMark(objects)],
    },
    projections,
    reactions: [fetchedSyncs(fetched), linkedAccounts(linked), endedSyncs(ended)],
    tasks: [
      { name: 'tend-lake', everyMs: bounds.tendEveryMs, run: createTending(bounds, tending) },
      { name: 'let-parquet-go', everyMs: bounds.parquetIdleMs, run: async () => letParquetGo() },
    ],
  }
}

/** Throws `raw_object_changed` where it is not what the gateway was sent. */
async function openUpload({ objects, keys }: Platform, spaceId: string, raw: RawRef): Promise<Uint8Array> {
  // No account owns it yet: the gateway sealed it under the space's own id.
  return sealedRawObjects(objects, keys).read({ spaceId, accountId: spaceId }, raw)
}

/** What the reactions work with, put together. */
export function storageParts(
  platform: Platform,
  { maxRowBytes, maxOpenRows = 20_000, format, packing = packedRows }: StorageOptions = {},
): { fetched: StoreInOrderParts; linked: LinkedAccountsParts; ended: LogSyncsParts } {
  const { keys, objects, clock } = platform
  const eventing = commandHandling(platform)
  const ledgers = createCommandHandler({ ...ledgerEvents, decider: ledger, snapshot: ledger.snapshot }, eventing)
  const lake = objectLake(objects, format)
  const raw = sealedRawObjects(objects, keys)
  const rows = new LedgerRows({
    lake,
    packing: keptOpen(packing, maxOpenRows),
    idOf: derivedId,
    ...(maxRowBytes !== undefined && { maxBytes: maxRowBytes }),
  })
  const connections = logReader<ConnectionFacts, ConnectionEvent>(
    { ...connectionEvents, reads: factTypes },
    unknownConnection,
    learn,
    eventing,
  )
  const feeds = logReader<FetchedAnswers, FeedEvent>(
    { ...feedEvents, reads: ['TransactionsFetched'] },
    nothingFetched,
    addFetched,
    eventing,
  )
  // All that a feed says of its syncs is larger than what its newest answers are, and asked for less often.
  const few = { ...eventing, maxCachedBytes: 4 * 1024 * 1024 }
  const syncs = logReader<SyncFactsById, FeedEvent>({ ...feedEvents, reads: syncTypes }, noSyncs, learnSyncs, few)
  const runs = logReader<Requests, RunEvent>(runEvents, noRequests, learnRequests, few)
  const factsOf = ({ spaceId, connectionId }: { spaceId: string; connectionId: string }) =>
    connections(spaceId, connectionId)
  return {
    fetched: {
      ledgers,
      rows,
      lake,
      raw,
      clock,
      idOf: derivedId,
      answersOf: ({ spaceId, accountId }) => feeds(spaceId, accountId),
      async holderOf(account) {
        const linked = (await factsOf(account)).accounts[account.accountId]
        return linked && (await accountDetails(account, linked, raw)).ownerName
      },
    },
    linked: { ledgers, lake, raw, factsOf },
    ended: {
      ledgers,
      lake,
      syncsOf: ({ spaceId, accountId }) => syncs(spaceId, accountId),
      requestsOf: ({ spaceId, runId }) => runs(spaceId, runId),
    },
  }
}

/** All of an account's ledger and feed, read anew each time: it is asked for rarely and is large. */
function historyReader(platform: Platform): Parts['historyOf'] {
  const eventing = { ...commandHandling(platform), maxCachedBytes: 0 }
  return async ({ spaceId, accountId }) => {
    const ledger = logReader<LedgerEvent[], LedgerEvent>(ledgerEvents, [], (all, event) => [...all, event], eventing)
    const feed = logReader<FeedEvent[], FeedEvent>(
      { ...feedEvents, reads: ['TransactionsFetched'] },
      [],
      fetchedOnly,
      eventing,
    )
    const fetched = (await feed(spaceId, accountId)).flatMap((event) =>
      event.type === 'TransactionsFetched' ? [[event.data.syncId, event.data] as const] : [],
    )
    return { events: await ledger(spaceId, accountId), answers: new Map(fetched) }
  }
}

const fetchedOnly = (all: FeedEvent[], event: FeedEvent) =>
  event.type === 'TransactionsFetched' ? [...all, event] : all

/** Reads another service's aggregate and never writes to it: its log, folded to what we have to know. */
function logReader<State, Event extends AnyEvent>(
  declaration: AggregateDeclaration & { reads?: readonly Event['type'][] },
  initial: State,
  evolve: (state: State, event: Event) => State,
  parts: CommandHandlerParts,
): (spaceId: string, aggregateId: string) => Promise<State> {
  const decider = { initial, decide: (_: never): Event[] => [], evolve }
  const aggregate = createCommandHandler<State, never, Event>({ ...declaration, decider }, parts)
  return async (spaceId, aggregateId) => (await aggregate.load({ spaceId, aggregateId })).state
}
