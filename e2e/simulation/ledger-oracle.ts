import {
  type AggregateDeclaration,
  type ConnectionEvent,
  connectionEvents,
  type FeedEvent,
  feedEvents,
  type LakeFile,
  type LedgerEvent,
  ledgerEvents,
  type ManifestFile,
} from '@pf/contracts'
import { createCommandHandler, createIds } from '@pf/eventing'
import { readModels } from '@pf/extraction/assembly'
import { londonDay } from '@pf/sandbox-bank/in-process'
import { balanceRows, decisionRows, heldRows, observationRows } from '@pf/storage/assembly'
import { jsonLake } from './json-lake.ts'
import { expectThat, OracleFailure } from './oracle-failure.ts'
import type { Outside } from './processes.ts'

type Row = { date: string; amountMinor: bigint; currency: string; status: string }
type Stored = { transactions: string[]; untilDay: string; balances: string[] }
/** `booked`: as the bank has it on the day of the newest answer. */
export type KeptAccount = {
  accountId: string
  files: { dataset: string; body: Uint8Array }[]
  booked: { date: string; amountMinor: bigint }[]
}
/** What an account's part of the lake says, file by file as the log names them. */
type Account = {
  spaceId: string
  accountId: string
  seen: { ledger: number; feed: number }
  rows: Map<string, Row & { seq: bigint }>
  observations: Set<string>
  held: Map<string, string>
  /** Interim booked, by sync. */
  stated: Map<string, bigint>
  stored: Stored
  /** Fetched syncs in their order, and the bank's day of their answers. */
  fetched: { syncId: string; day: number; providerAccountId: string }[]
  open: Set<string>
  files: LakeFile[]
}

/** Later decisions are made upon earlier ones: an answer that is stored again, or behind a later one, was decided upon what it never saw. */
function expectInOrder({ accountId, stored, fetched }: Account): void {
  const places = new Map(fetched.map(({ syncId }, place) => [syncId, place]))
  let last = -1
  for (const syncId of stored.transactions) {
    const place = places.get(syncId) ?? -1
    expectThat('each answer stored once, as they were fetched', place > last, () => {
      return `${accountId}: sync ${syncId} was fetched as number ${place + 1} and is stored behind number ${last + 1}`
    })
    last = place
  }
}

const columnsOf = <C extends object>({ columns }: { columns: C }) => Object.keys(columns) as (keyof C & string)[]

/**
 * The lake against the bank's truth, read as any reader of the lake would: the latest decision of each payment, no rule of ours.
 * Each real payment once (day, amount, currency), held what was planted, balances proven, the watermark behind what is stored.
 */
export class LedgerOracle {
  readonly #outside: Outside
  readonly #accounts = new Map<string, Account>()
  readonly #ledgers: ReturnType<typeof readerOf<LedgerEvent>>
  readonly #feeds: ReturnType<typeof readerOf<FeedEvent>>
  readonly #connections: ReturnType<typeof readerOf<ConnectionEvent>>
  /** Rows that were compared with the truth. */
  compared = 0

  constructor(outside: Outside) {
    this.#outside = outside
    this.#ledgers = readerOf<LedgerEvent>(ledgerEvents, outside)
    const followed = ['SyncStarted', 'TransactionsFetched', 'SyncFailed', 'SyncCompleted'] as const
    this.#feeds = readerOf<FeedEvent>({ ...feedEvents, reads: followed }, outside)
    this.#connections = readerOf<ConnectionEvent>({ ...connectionEvents, reads: ['RequisitionLinked'] }, outside)
  }

  /** `settled`: nothing is under way any more, so that what was fetched has to be stored. */
  async check(spaceId: string, connectionId: string, settled: boolean): Promise<void> {
    for (const event of await this.#connections(spaceId, connectionId)) {
      if (event.type !== 'RequisitionLinked') continue
      for (const { accountId } of event.data.accounts) this.#accounts.set(accountId, this.#of(spaceId, accountId))
    }
    const accounts = this.#accountsOf(spaceId)
    for (const account of accounts) {
      await this.#read(account)
      expectInOrder(account)
      this.#compare(account)
      await this.#expectWatermarkBehind(account)
      if (settled) this.#expectSettled(account)
    }
    const real = this.#outside.bank.world.accounts().length
    const holds = settled ? accounts.length === real : accounts.length <= real
    expectThat('each real account once', holds, () => `${accounts.length} accounts, the bank has ${real}`)
  }

  #accountsOf(spaceId: string): Account[] {
    return [...this.#accounts.values()].filter((account) => account.spaceId === spaceId)
  }

  /** The space is being erased: nothing is promised of it any more. Answers the accounts it had. */
  forget(spaceId: string): string[] {
    const ids = this.#accountsOf(spaceId).map(({ accountId }) => accountId)
    for (const id of ids) this.#accounts.delete(id)
    return ids
  }

  /** While a sync is under way: what is stored by now, and not more, may have moved the watermark. */
  async checkWatermark(accountId: string): Promise<void> {
    const account = this.#accounts.get(accountId)
    if (account === undefined) return
    await this.#expectWatermarkBehind(account)
  }

  /** As the service itself has it in its read model, which may only be late. */
  async #expectWatermarkBehind(account: Account): Promise<void> {
    const { accountId, stored } = account
    const reader = await this.#outside.readModels.store.reader(readModels.feedStates)
    const [row] = (await reader?.find({ where: { accountId } })) ?? []
    // Read after the watermark was: what is stored may be more by now, never less.
    await this.#read(account)
    for (const { watermark } of Object.values(row?.feed.providers ?? {})) {
      expectThat('watermark behind what is stored', watermark === null || watermark <= stored.untilDay, () => {
        return `${accountId}: the watermark is ${watermark}, stored is until ${stored.untilDay || 'nothing'}`
      })
    }
  }

  #of(spaceId: string, accountId: string): Account {
    return (
      this.#accounts.get(accountId) ?? {
        ...{ spaceId, accountId, seen: { ledger: 0, feed: 0 }, rows: new Map(), observations: new Set() },
        ...{ held: new Map(), stated: new Map(), stored: { transactions: [], untilDay: '', balances: [] } },
        ...{ fetched: [], open: new Set(), files: [] },
      }
    )
  }

  async #read(account: Account): Promise<void> {
    const { spaceId, accountId, seen } = account
    const ledger = await this.#ledgers(spaceId, accountId)
    for (; seen.ledger < ledger.length; seen.ledger++) this.#take(account, ledger[seen.ledger]!)
    const feed = await this.#feeds(spaceId, accountId)
    for (; seen.feed < feed.length; seen.feed++) follow(account, feed[seen.feed]!)
  }

  #take(account: Account, event: LedgerEvent): void {
    const { type, data } = event
    // The same rows stand in fewer files; they are read anew at the end.
    if (type === 'LakeCompacted') {
      account.files = [
        ...account.files.filter(({ key }) => !data.replaced.includes(key)),
        ...(data.files as LakeFile[]),
      ]
      return
    }
    const files = 'files' in data ? (data.files as LakeFile[]) : []
    account.files.push(...files)
    for (const file of files) this.#open(account, file)
    if (type === 'TransactionsStored') {
      account.stored.transactions.push(data.syncId)
      if (data.window.to > account.stored.untilDay) account.stored.untilDay = data.window.to
    }
    if (type === 'BalancesStored') account.stored.balances.push(data.syncId)
  }

  #open(account: Account, file: ManifestFile): void {
    const body = this.#bodyOf(file.key)
    if (file.dataset === 'observations') {
      for (const row of jsonLake.read(observationRows, body, ['observation_id'])) {
        expectThat('an observation once', !account.observations.has(row.observation_id), () => row.observation_id)
        account.observations.add(row.observation_id)
      }
    } else if (file.dataset === 'decisions') {
      for (const row of jsonLake.read(decisionRows, body, columnsOf(decisionRows))) {
        expectThat(
          'a decision names its observation',
          account.observations.has(row.observation_id),
          () => row.observation_id,
        )
        const before = account.rows.get(row.transaction_id)
        if (before !== undefined && before.seq > row.decision_seq) continue
        const { date, amount_minor: amountMinor, currency, status, decision_seq: seq } = row
        account.rows.set(row.transaction_id, { date, amountMinor, currency, status, seq })
      }
    } else if (file.dataset === 'held') {
      for (const row of jsonLake.read(heldRows, body, columnsOf(heldRows))) {
        if (row.kind === 'released') account.held.delete(row.held_id)
        else account.held.set(row.held_id, `${row.date} ${row.reason}`)
      }
    } else if (file.dataset === 'balances') {
      for (const row of jsonLake.read(balanceRows, body, ['sync_id', 'balance_type', 'amount_minor']))
        if (row.balance_type === 'interim_booked' || row.balance_type === 'interimBooked')
          account.stated.set(row.sync_id, row.amount_minor)
    }
  }

  /** As the newest stored answer's day has it. */
  #compare(account: Account): void {
    const stored = new Set(account.stored.transactions)
    const last = account.fetched.findLast(({ syncId }) => stored.has(syncId))
    if (last === undefined) return
    const { data } = this.#outside.bank
    const truth = data.truth(last.providerAccountId, null, last.day)
    const rows = [...account.rows.values()]
    const booked = rows.filter(({ status }) => status === 'booked')
    const shown = booked.map((row) => `${row.date} ${decimal(row.amountMinor)} ${row.currency}`).sort()
    const real = truth.booked.map((row) => `${row.date} ${decimal(minor(row.amount))} ${row.currency}`).sort()
    const of = `${account.accountId}, as of bank day ${last.day}`
    expectThat('each real payment once', same(shown, real), () => `${of}: ${difference(shown, real)}`)
    const pending = rows
      .filter(({ status }) => status === 'pending')
      .map((row) => decimal(row.amountMinor))
      .sort()
    const truly = truth.pending.map((row) => decimal(minor(row.amount))).sort()
    expectThat('pending as the bank has it', same(pending, truly), () => `${of}: ${difference(pending, truly)}`)
    const held = [...account.held.values()].sort()
    const planted = (truth.doubtful ?? []).map(({ date, reason }) => `${date} ${reason}`).sort()
    expectThat('held are exactly the planted', same(held, planted), () => `${of}: ${difference(held, planted)}`)
    this.compared += booked.length
    this.#prove(account, last.providerAccountId, last.syncId, booked)
  }

  /** Opening + movements = what the bank stated in the same sync. */
  #prove(account: Account, providerAccountId: string, syncId: string, booked: readonly Row[]): void {
    const closing = account.stated.get(syncId)
    const opening = this.#outside.bank.data.accountOf(providerAccountId)?.openingMinor
    if (closing === undefined || opening === undefined) return
    const moved = booked.reduce((sum, row) => sum + row.amountMinor, BigInt(opening))
    expectThat(
      'balances proven',
      moved === closing,
      () => `${account.accountId}: ${moved} by its rows, ${closing} stated`,
    )
  }

  #expectSettled(account: Account): void {
    const stored = new Set(account.stored.transactions)
    const left = account.fetched.filter(({ syncId }) => !stored.has(syncId)).map(({ syncId }) => syncId)
    expectThat('what was fetched is stored', left.length === 0, () => `${account.accountId}: ${left.join(', ')}`)
    const open = [...account.open]
    expectThat(
      'every sync comes to its end',
      open.length === 0,
      () => `${account.accountId}: open are ${open.join(', ')}`,
    )
    const today = londonDay(this.#outside.line.time.nowMs)
    const last = account.fetched.at(-1)
    expectThat('read on each calm day', last !== undefined && today - last.day <= 1, () => {
      return `${account.accountId}: last read on bank day ${last?.day}, today is ${today}`
    })
    this.#expectSameAfterCompaction(account)
  }

  /** The manifest as it stands holds what all its files ever said. */
  #expectSameAfterCompaction(account: Account): void {
    const anew = { ...this.#of(account.spaceId, ''), accountId: account.accountId }
    // Observations first: compaction moves files behind others that name them.
    const order = ['observations', 'decisions', 'held', 'balances']
    for (const dataset of order) for (const file of account.files) if (file.dataset === dataset) this.#open(anew, file)
    const shown = (of: Account) =>
      [...of.rows].map(([id, row]) => `${id} ${row.date} ${row.amountMinor} ${row.status}`).sort()
    expectThat('compaction loses nothing', same(shown(anew), shown(account)), () =>
      difference(shown(anew), shown(account)),
    )
  }

  /** What a space's accounts have in the lake, and what the bank says it has to come to. */
  kept(spaceId: string): KeptAccount[] {
    return this.#accountsOf(spaceId).flatMap(({ accountId, files, fetched }) => {
      const last = fetched.at(-1)
      if (last === undefined) return []
      const truth = this.#outside.bank.data.truth(last.providerAccountId, null, last.day)
      const bodies = files.map(({ dataset, key }) => ({ dataset, body: this.#bodyOf(key) }))
      const booked = truth.booked.map(({ date, amount }) => ({ date, amountMinor: minor(amount) }))
      return [{ accountId, files: bodies, booked }]
    })
  }

  #bodyOf(key: string): Uint8Array {
    const kept = this.#outside.objects.kept.get(key)
    if (kept === undefined) throw new OracleFailure('no event without its object', `${key} is not there`)
    return kept.body
  }

  digest(): string {
    return JSON.stringify(
      [...this.#accounts.values()].map(({ accountId, rows }) => [
        accountId,
        [...rows].map(([id, row]) => `${id} ${row.date} ${row.amountMinor} ${row.status}`),
      ]),
    )
  }
}

function follow(account: Account, { type, data }: FeedEvent): void {
  if (type === 'SyncStarted') account.open.add(data.syncId)
  if (type === 'SyncFailed' || type === 'SyncCompleted') account.open.delete(data.syncId)
  if (type === 'TransactionsFetched') {
    const { syncId, bankNow, account: of } = data
    account.fetched.push({ syncId, day: londonDay(Date.parse(bankNow)), providerAccountId: of.providerAccountId })
  }
}

/** All events of an aggregate, read on from where the last reading ended. */
function readerOf<Event extends ConnectionEvent | FeedEvent | LedgerEvent>(
  declaration: AggregateDeclaration & { reads?: readonly Event['type'][] },
  { broker, openVault, line, random }: Outside,
): (spaceId: string, aggregateId: string) => Promise<readonly Event[]> {
  const decider = {
    initial: [] as Event[],
    decide: (_: never): Event[] => [],
    evolve(all: Event[], event: Event) {
      // Held by nobody else: a copy for each event would cost the square of a year.
      all.push(event)
      return all
    },
  }
  const parts = {
    log: broker.log,
    sealer: openVault().keys,
    clock: line.time.clock,
    ids: createIds(line.time.clock, (bytes) => random.bytes(bytes)),
  }
  const handlers = new Map<string, ReturnType<typeof createCommandHandler<Event[], never, Event>>>()
  return async (spaceId, aggregateId) => {
    const handler =
      handlers.get(aggregateId) ??
      createCommandHandler<Event[], never, Event>({ ...declaration, decider: { ...decider, initial: [] } }, parts)
    handlers.set(aggregateId, handler)
    return (await handler.load({ spaceId, aggregateId })).state
  }
}

const minor = (amount: string): bigint => BigInt(Math.round(Number(amount) * 100))
const decimal = (amountMinor: bigint): string => (Number(amountMinor) / 100).toFixed(2)
const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((text, n) => text === b[n])

function difference(found: readonly string[], expected: readonly string[]): string {
  const count = (texts: readonly string[]) =>
    texts.reduce((all, text) => all.set(text, (all.get(text) ?? 0) + 1), new Map<string, number>())
  const [have, want] = [count(found), count(expected)]
  const words: string[] = []
  for (const text of new Set([...found, ...expected])) {
    const by = (have.get(text) ?? 0) - (want.get(text) ?? 0)
    if (by > 0) words.push(`${by} too many of ${text}`)
    if (by < 0) words.push(`${-by} missing of ${text}`)
  }
  return words.slice(0, 6).join('; ')
}
