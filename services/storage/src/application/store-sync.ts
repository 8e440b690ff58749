import { DomainError, type FeedEvent, type LakeFile, type LedgerEvent, type RawRef } from '@pf/contracts'
import type { Clock, CommandContext, CommandHandler } from '@pf/eventing'
import { normalise, readBalances, UnreadablePayload } from '@pf/providers/rules'
import { type BalanceRow, balances, decisions, heldRows, observations } from '../domain/lake.ts'
import type { Ledger, LedgerCommand, StoreSync } from '../domain/ledger.ts'
import { amountOf } from '../domain/money.ts'
import { dayBefore, MATCHING_DAYS, planSync, type SyncPlan } from '../domain/sync-plan.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Lake, LakePlace, RawObjects } from './ports.ts'

type DataOf<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>['data']
export type TransactionsFetchedData = DataOf<'TransactionsFetched'>
export type BalancesFetchedData = DataOf<'BalancesFetched'>

/** What one message says was fetched for one account. */
export type FetchedSync = {
  spaceId: string
  accountId: string
  transactions?: TransactionsFetchedData
  balances?: BalancesFetchedData
}

export type StoreSyncParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  rows: LedgerRows
  lake: Lake
  raw: RawObjects
  clock: Clock
  idOf(...parts: readonly (string | number)[]): string
  /** The holder's name of an account, where the bank told it. */
  holderOf(account: { spaceId: string; accountId: string; connectionId: string }): Promise<string | undefined>
}

/** Another replica may have decided first so many times in a row before we give the message back. */
const MAX_ATTEMPTS = 5

/**
 * Raw answers → rows → files → one event. Safe to repeat at any point: the files of an attempt without its event are
 * orphans, and a sync that is in the ledger changes nothing. Throws what the object store, the vault and the log throw,
 * UnreadablePayload for transactions that are no such answer, and DomainError `conflict` where others were faster each time.
 */
export async function storeSync(fetched: FetchedSync, context: CommandContext, parts: StoreSyncParts): Promise<void> {
  const at = { spaceId: fetched.spaceId, aggregateId: fetched.accountId }
  for (let attempt = 1; ; attempt++) {
    const { state: ledger } = await parts.ledgers.load(at)
    const { command, plan } = await prepare(fetched, ledger, parts)
    try {
      const handled = await parts.ledgers.handle(at, command, context)
      if (plan !== undefined) settle(fetched, handled, command, plan, parts.rows)
      return
    } catch (error) {
      const overtaken = error instanceof DomainError && error.code === 'conflict'
      if (!overtaken || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

type Prepared = { command: StoreSync; plan: SyncPlan | undefined }

async function prepare(fetched: FetchedSync, ledger: Ledger, parts: StoreSyncParts): Promise<Prepared> {
  const { accountId } = fetched
  const part = fetched.transactions ?? fetched.balances
  if (part === undefined)
    throw new Error('A fetched sync without transactions and without balances has nothing to store.')
  const { syncId, runId, connectionId } = part
  const transactions =
    fetched.transactions && !ledger.transactions.includes(syncId)
      ? await prepareTransactions(fetched.spaceId, fetched.transactions, ledger, parts)
      : undefined
  const stated =
    fetched.balances && !ledger.balances.includes(syncId)
      ? await writeBalances(fetched.spaceId, fetched.balances, parts)
      : undefined
  const command: StoreSync = {
    type: 'StoreSync',
    syncId,
    runId,
    connectionId,
    accountId,
    storedAt: parts.clock.now().toISOString(),
    ...(transactions && { transactions: transactions.stored }),
    ...(stated && { balances: { files: stated } }),
  }
  return { command, plan: transactions?.plan }
}

async function prepareTransactions(
  spaceId: string,
  data: TransactionsFetchedData,
  ledger: Ledger,
  parts: StoreSyncParts,
): Promise<{ stored: NonNullable<StoreSync['transactions']>; plan: SyncPlan }> {
  const { accountId, connectionId, syncId, account, window } = data
  const body = await parts.raw.read({ spaceId, accountId }, data.raw)
  const ownerName = await parts.holderOf({ spaceId, accountId, connectionId })
  const answer = normalise(body, {
    institutionId: account.institutionId,
    today: window.to,
    timeZone: account.timeZone,
    currency: account.currency,
    dateFrom: window.from,
    ...(ownerName === undefined ? {} : { ownerName }),
  })
  const rows = await parts.rows.of({ spaceId, accountId }, ledger)
  const plan = planSync(rows.since(dayBefore(window.from, MATCHING_DAYS)), answer, {
    spaceId,
    accountId,
    connectionId,
    syncId,
    source: account.provider,
    window,
    raw: data.raw,
    fetchedAt: data.fetchedAt,
    bankNow: data.bankNow,
    normaliserVersion: answer.version,
    decidedAt: parts.clock.now().toISOString(),
    decisionSeq: ledger.decisionSeq,
    idOf: parts.idOf,
  })
  const stored = {
    window,
    decidedFrom: ledger.decisionSeq,
    decisionSeq: plan.decisionSeq,
    files: await writePlan(plan, placeOf(spaceId, data), parts.lake),
    counts: plan.counts,
    vanished: plan.vanished,
    normaliserVersion: answer.version,
    identityVersion: plan.identityVersion,
  }
  return { stored, plan }
}

/** Observations before decisions, and both before the event that names them. An empty file is no file. */
async function writePlan(plan: SyncPlan, place: LakePlace, lake: Lake): Promise<LakeFile[]> {
  const files: LakeFile[] = []
  if (plan.observations.length > 0) files.push(await lake.write(observations, place, plan.observations))
  if (plan.decisions.length > 0) files.push(await lake.write(decisions, place, plan.decisions))
  if (plan.held.length > 0) files.push(await lake.write(heldRows, place, plan.held))
  return files
}

/**
 * A balances answer that cannot be read is held, so that it does not stand in the way of the transactions beside it; the
 * file says so.
 */
async function writeBalances(
  spaceId: string,
  data: BalancesFetchedData,
  { lake, raw }: StoreSyncParts,
): Promise<LakeFile[]> {
  const { accountId, syncId } = data
  const body = await raw.read({ spaceId, accountId }, data.raw)
  const place = placeOf(spaceId, data)
  try {
    const rows = readBalances(body).map(
      (balance): BalanceRow => ({
        account_id: accountId,
        sync_id: syncId,
        fetched_at: data.fetchedAt,
        bank_now: data.bankNow,
        balance_type: balance.type,
        amount_minor: balance.amountMinor,
        amount: amountOf(balance.amountMinor, balance.currency),
        currency: balance.currency,
        reference_date: balance.referenceDate ?? null,
        last_change_at: balance.lastChangeAt ?? null,
        credit_limit_included: balance.creditLimitIncluded ?? null,
      }),
    )
    return rows.length === 0 ? [] : [await lake.write(balances, place, rows)]
  } catch (error) {
    if (!(error instanceof UnreadablePayload)) throw error
    return [await lake.write(heldRows, place, [unreadable(accountId, syncId, data.raw, error)])]
  }
}

const unreadable = (accountId: string, syncId: string, raw: RawRef, { code }: UnreadablePayload) => ({
  account_id: accountId,
  sync_id: syncId,
  raw_key: raw.key,
  row_index: 0,
  section: 'balances',
  reason: code,
  payload_pointer: `${raw.key}#`,
})

/** Files lie under the day of the fetch, not of the attempt: a retry finds the same folder. */
const placeOf = (spaceId: string, data: { accountId: string; syncId: string; fetchedAt: string }): LakePlace => ({
  spaceId,
  accountId: data.accountId,
  day: data.fetchedAt.slice(0, 10),
  name: data.syncId,
})

/** The rows at hand move on by what was just appended; where another replica appended it, they are read again. */
function settle(
  { spaceId, accountId }: FetchedSync,
  handled: { events: readonly LedgerEvent[]; state: Ledger },
  command: StoreSync,
  plan: SyncPlan,
  rows: LedgerRows,
): void {
  const stored = handled.events.find((event) => event.type === 'TransactionsStored')
  const ours = command.transactions?.files ?? []
  const theirs = stored?.data.files ?? []
  const same = theirs.length === ours.length && theirs.every((file, i) => file.key === ours[i]?.key)
  if (stored && same) rows.advance({ spaceId, accountId }, handled.state, plan.decisions, plan.observations)
  else rows.forget({ spaceId, accountId })
}
