import type { ConnectionEvent, LedgerEvent, RawRef } from '@pf/contracts'
import type { CommandHandler } from '@pf/eventing'
import type { ConnectionFacts } from '../domain/connection-facts.ts'
import { decide, evolve, initial, type Ledger, type LedgerCommand } from '../domain/ledger.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { LogSyncsParts } from './log-syncs.ts'
import type { Parts } from './parts.ts'
import type { Lake } from './ports.ts'
import type { Account } from './present.ts'
import type { FetchedSync } from './store-sync.ts'

type Linked = Extract<ConnectionEvent, { type: 'RequisitionLinked' }>['data']
/** What one message of a feed says was fetched. */
export type Fetched = Pick<FetchedSync, 'transactions' | 'balances'>

/** A lake of one account besides the one that there is. */
export type LakeBeside = { lake: Lake; bytesOf(key: string): Uint8Array | undefined }

/** What a lake is made of again: the raw zone and the logs, and a place beside the lake that there is. */
export type RemakeParts = Pick<Parts, 'ledgerMessagesOf' | 'holderOf' | 'idOf' | 'emptyRows' | 'raw' | 'statements'> &
  Pick<LogSyncsParts, 'syncsOf' | 'requestsOf'> & {
    beside(): LakeBeside
    rowsOver(lake: Lake): LedgerRows
    /** By sync, in the order in which it was fetched. */
    fetchedOf(account: Account): Promise<ReadonlyMap<string, Fetched>>
    /** The consent by which a connection described its accounts at this instant. */
    linkOf(
      connection: { spaceId: string; connectionId: string },
      linkedAt: string,
    ): Promise<{ linked: Linked; facts: ConnectionFacts } | undefined>
    hashOf(bytes: Uint8Array): string
  }

/** The application over a ledger in memory and a lake of its own, at whatever instant it is told. */
export type Remaking = {
  parts: Parts
  bytesOf: LakeBeside['bytesOf']
  fetched: ReadonlyMap<string, Fetched>
  /** Runs `work` as if it were then; answers the events that it brought about. */
  at(instant: string, work: () => Promise<unknown>): Promise<LedgerEvent[]>
}

export async function setUpRemaking(account: Account, given: RemakeParts): Promise<Remaking> {
  const events: LedgerEvent[] = []
  const fetched = await given.fetchedOf(account)
  const keyOf = (name: string) => `raw/${account.spaceId}/${account.accountId}/${name}.zst`
  const { lake, bytesOf } = given.beside()
  let now = new Date(0)
  const answered = () =>
    events.flatMap((event) =>
      event.type === 'TransactionsStored' ? (fetched.get(event.data.syncId)?.transactions ?? []) : [],
    )
  const parts: Parts = {
    ledgers: ledgerInMemory(events),
    rows: given.rowsOver(lake),
    lake,
    raw: {
      read: given.raw.read,
      // It was kept when it came, under this very name.
      keep: async (_, name, bytes): Promise<RawRef> => ({
        key: keyOf(name),
        sha256: given.hashOf(bytes),
        bytes: bytes.length,
      }),
    },
    clock: { now: () => now },
    idOf: given.idOf,
    holderOf: given.holderOf,
    answersOf: async () => answered(),
    statements: given.statements,
    uploads: { read: (_, { raw }) => given.raw.read(account, raw) },
    historyOf: async () => ({
      events: [...events],
      answers: new Map(answered().map((answer) => [answer.syncId, answer])),
    }),
    ledgerMessagesOf: given.ledgerMessagesOf,
    emptyRows: given.emptyRows,
    views: { ledgers: { find: async () => [account], caughtUpTo: async () => true } },
  }
  return {
    parts,
    bytesOf,
    fetched,
    async at(instant, work) {
      now = new Date(instant)
      const before = events.length
      await work()
      return events.slice(before)
    },
  }
}

/** One account's, which nobody else writes to. */
function ledgerInMemory(events: LedgerEvent[]): CommandHandler<Ledger, LedgerCommand, LedgerEvent> {
  const handled = new Map<string, LedgerEvent[]>()
  let state: Ledger = initial
  return {
    async handle(_, command, { commandId }) {
      const known = handled.get(commandId)
      if (known !== undefined) return { events: known, state, position: undefined }
      const decided = decide(command, state)
      state = decided.reduce(evolve, state)
      events.push(...decided)
      handled.set(commandId, decided)
      return { events: decided, state, position: undefined }
    },
    load: async () => ({ state, version: events.length }),
  }
}
