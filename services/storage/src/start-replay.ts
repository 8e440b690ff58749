import {
  type ConnectionEvent,
  connectionEvents,
  type FeedEvent,
  feedEvents,
  type LedgerEvent,
  ledgerEvents,
  type Principal,
  type Rest,
  refuse,
  requests,
} from '@pf/contracts'
import { readHistory, sha256, systemTiming } from '@pf/eventing'
import type { Platform } from '@pf/service-kit'
import { lakeBeside } from './adapters/beside-lake.ts'
import { derivedId } from './adapters/derived-id.ts'
import { packedRows, rowsAsTheyAre } from './adapters/packed-rows.ts'
import { statementsInProcesses } from './adapters/statements-in-processes.ts'
import { AccountRows } from './application/account-rows.ts'
import { LedgerRows } from './application/ledger-rows.ts'
import type { Account } from './application/present.ts'
import { remakeLake } from './application/remake-lake.ts'
import type { Fetched, RemakeParts } from './application/remaking.ts'
import { accountsWithRaw, compareLake, type Replayed, type ReplayParts, replayLake } from './application/replay-lake.ts'
import { defaultStatementBounds } from './bounds.ts'
import { learn, unknownConnection } from './domain/connection-facts.ts'
import { storageParts } from './start-storage.ts'

/** Longer than it takes to be given what nobody has. */
const aloneWaitMs = 3_000

/**
 * One replay at a time, wherever it runs: two would take away each other's lake beside the lake. Throws conflict while
 * another one runs. One that is no longer alone fails; called again it goes on where it was.
 */
export async function replayAlone<T>({ leases, timing }: Platform, work: () => Promise<T>): Promise<T> {
  const waiting = new AbortController()
  const patience = new AbortController()
  const refusal = refuse(
    'conflict',
    'Another replay runs on this system. Wait for its end; if it is stopped instead, this command goes on where it was.',
  )
  void timing.wait(aloneWaitMs, patience.signal).then(
    () => waiting.abort(refusal),
    () => undefined,
  )
  const lease = await leases.acquire('storage replay', waiting.signal).finally(() => patience.abort())
  try {
    const lost = new Promise<never>((_, reject) => {
      lease.lost.addEventListener('abort', () =>
        reject(new Error('The database let go of this replay; start it again.')),
      )
    })
    return await Promise.race([work(), lost])
  } finally {
    await lease.release()
  }
}

/** The lake of one space, or of all, from the raw zone. Syncs may go on; `replayAlone` sees to it that no other replay does. */
export function startReplay(platform: Platform, options: ReplayOptions = {}): Promise<Replayed> {
  const { objects, clock } = platform
  const { compare = accountComparison(platform), lanes = 1, onAccount, spaceId } = options
  const { ledgers } = storageParts(platform).fetched
  return replayLake({ objects, clock, ledgers, compare, lanes, ...(onAccount && { onAccount }) }, spaceId)
}

export type ReplayOptions = { spaceId?: string } & Partial<Pick<ReplayParts, 'compare' | 'lanes' | 'onAccount'>>

/** One account's lake made again and compared, on this thread. */
export function accountComparison(platform: Platform): ReplayParts['compare'] {
  const { fetched, ended } = storageParts(platform)
  const { holderOf, idOf, raw } = fetched
  const { syncsOf, requestsOf } = ended
  const remaking = { ...remakeParts(platform), holderOf, idOf, raw, syncsOf, requestsOf }
  const { objects } = platform
  return (account) =>
    compareLake(account, { objects, hashOf: sha256, remake: (account) => remakeLake(account, remaking) })
}

type Logs = Pick<
  RemakeParts,
  'ledgerMessagesOf' | 'emptyRows' | 'statements' | 'beside' | 'rowsOver' | 'fetchedOf' | 'linkOf' | 'hashOf'
>

function remakeParts({ eventLog: log, keys: sealer }: Platform): Logs {
  const logs = { log, sealer }
  const ofAccount = ({ spaceId, accountId }: Account) => ({ spaceId, aggregateId: accountId })
  return {
    ledgerMessagesOf: (account) => readHistory<LedgerEvent>(ledgerEvents, ofAccount(account), logs),
    emptyRows: () => new AccountRows(packedRows),
    statements: statementsInProcesses(defaultStatementBounds),
    beside: lakeBeside,
    rowsOver: (lake) => new LedgerRows({ lake, packing: rowsAsTheyAre(), idOf: derivedId }),
    hashOf: sha256,
    async fetchedOf(account) {
      const fetched = new Map<string, Fetched>()
      for (const { events } of await readHistory<FeedEvent>(feedEvents, ofAccount(account), logs)) {
        for (const { type, data } of events) {
          const known = fetched.get(data.syncId)
          if (type === 'TransactionsFetched') fetched.set(data.syncId, { ...known, transactions: data })
          if (type === 'BalancesFetched') fetched.set(data.syncId, { ...known, balances: data })
        }
      }
      return fetched
    },
    async linkOf({ spaceId, connectionId }, linkedAt) {
      let facts = unknownConnection
      const at = { spaceId, aggregateId: connectionId }
      for (const { events, time } of await readHistory<ConnectionEvent>(connectionEvents, at, logs)) {
        facts = events.reduce(learn, facts)
        const linked = events.find((event) => event.type === 'RequisitionLinked')
        if (linked !== undefined && time === linkedAt) return { linked: linked.data, facts }
      }
      return undefined
    },
  }
}

/** `differ`: tables that are not what they were; then the new marts wait to be switched to or discarded. */
export type MartsReplayed = { space: string; status: Rest.RebuildStatus; differ: string[] }

/** Asks analytics for new marts of one space, or of all, and waits for them. */
export async function rebuildMarts(platform: Platform, spaceId?: string): Promise<MartsReplayed[]> {
  const { bus, ids, objects } = platform
  const accounts = await accountsWithRaw(objects, spaceId)
  const replayed: MartsReplayed[] = []
  for (const space of new Set(accounts.map((account) => account.spaceId))) {
    const principal: Principal = { userId: ids.uuid(), spaceId: space, sessionId: '', roles: [] }
    const rebuildId = ids.uuid()
    let rebuild = await bus.call(requests.analytics.rebuild, { rebuildId, commandId: rebuildId }, { principal })
    while (isUnderWay(rebuild)) {
      await systemTiming.wait(lookEveryMs)
      rebuild = await bus.call(requests.analytics.getRebuild, { id: rebuildId }, { principal })
    }
    const tables = rebuild.comparison?.tables ?? []
    replayed.push({
      space,
      status: rebuild.status,
      differ: tables.filter(({ same }) => !same).map(({ name }) => name),
    })
  }
  return replayed
}

const lookEveryMs = 200

/** Marts that are the same are taken over by themselves, a moment after they were compared. */
const isUnderWay = ({ status, comparison }: Rest.Rebuild): boolean =>
  status === 'building' || (status === 'compared' && comparison?.same === true)
