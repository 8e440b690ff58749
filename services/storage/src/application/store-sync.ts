import { DomainError, type FeedEvent, type LakeFile, type LedgerEvent } from '@pf/contracts'
import type { CommandContext } from '@pf/eventing'
import { readBalances, UnreadablePayload } from '@pf/providers/rules'
import { type BalanceRow, balances, type HeldLakeRow, heldRows } from '../domain/lake.ts'
import type { Ledger, StoreSync } from '../domain/ledger.ts'
import { amountOf } from '../domain/money.ts'
import type { SyncPlan } from '../domain/sync-plan.ts'
import type { StoreSyncParts } from './parts.ts'
import { planAnswer } from './plan-answer.ts'
import type { LakePlace } from './ports.ts'
import { asLakeFile, settle, writePlan } from './write-plan.ts'

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
      if (plan !== undefined) settle(fetched, handled.state, filesOf(command, plan, handled.events), parts.rows)
      return
    } catch (error) {
      const overtaken = error instanceof DomainError && error.code === 'conflict'
      if (!overtaken || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** A sync's balances may name a held row: those files are folded, too. */
function filesOf(command: StoreSync, plan: SyncPlan, events: readonly LedgerEvent[]) {
  const { transactions, balances } = command
  return {
    plan,
    ours: [...(transactions?.files ?? []), ...(transactions?.linkFiles ?? []), ...(balances?.files ?? [])],
    theirs: events.flatMap(({ data }) => data.files),
  }
}

type Prepared = { command: StoreSync; plan: SyncPlan | undefined }

async function prepare(fetched: FetchedSync, ledger: Ledger, parts: StoreSyncParts): Promise<Prepared> {
  const { accountId } = fetched
  const part = fetched.transactions ?? fetched.balances
  if (part === undefined)
    throw new Error('A fetched sync without transactions and without balances has nothing to store.')
  const { syncId, runId, connectionId } = part
  // One instant for the rows and the event that names them: from the event alone the same rows can be made again.
  const storedAt = parts.clock.now().toISOString()
  // Neither needs the other, and most of both is waiting for the object store.
  const [transactions, stated] = await Promise.all([
    fetched.transactions && !ledger.transactions.includes(syncId)
      ? prepareTransactions(fetched.spaceId, { data: fetched.transactions, decidedAt: storedAt }, ledger, parts)
      : undefined,
    fetched.balances && !ledger.balances.includes(syncId)
      ? writeBalances(fetched.spaceId, fetched.balances, parts)
      : undefined,
  ])
  const command: StoreSync = {
    type: 'StoreSync',
    syncId,
    runId,
    connectionId,
    accountId,
    storedAt,
    ...(transactions && { transactions: transactions.stored }),
    ...(stated && { balances: { files: stated } }),
  }
  return { command, plan: transactions?.plan }
}

async function prepareTransactions(
  spaceId: string,
  { data, decidedAt }: { data: TransactionsFetchedData; decidedAt: string },
  ledger: Ledger,
  parts: StoreSyncParts,
): Promise<{ stored: NonNullable<StoreSync['transactions']>; plan: SyncPlan }> {
  const { accountId, account, window } = data
  const { rows, held } = await parts.rows.of({ spaceId, accountId }, ledger)
  const { plan, normaliserVersion } = await planAnswer(spaceId, { data, decidedAt }, { ledger, rows, held }, parts)
  const files = await writePlan(plan, placeOf(spaceId, data), parts.lake)
  const stored = {
    window,
    decidedFrom: ledger.decisionSeq,
    decisionSeq: plan.decisionSeq,
    source: account.provider,
    linked: plan.linked,
    files: files.filter((file) => file.dataset !== 'links').map(asLakeFile),
    linkFiles: files.filter((file) => file.dataset === 'links'),
    counts: plan.counts,
    vanished: plan.vanished,
    normaliserVersion,
    identityVersion: plan.identityVersion,
  }
  return { stored, plan }
}

/**
 * A balances answer that cannot be read is held, so that it does not stand in the way of the transactions beside it; the
 * file says so.
 */
async function writeBalances(
  spaceId: string,
  data: BalancesFetchedData,
  { lake, raw, idOf }: StoreSyncParts,
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
    return rows.length === 0 ? [] : [asLakeFile(await lake.write(balances, place, rows))]
  } catch (error) {
    if (!(error instanceof UnreadablePayload)) throw error
    return [asLakeFile(await lake.write(heldRows, place, [unreadable(data, error, idOf)]))]
  }
}

/** The whole answer is one held row: the same bytes are the same one. */
function unreadable(
  { accountId, syncId, fetchedAt, raw }: BalancesFetchedData,
  { code }: UnreadablePayload,
  idOf: StoreSyncParts['idOf'],
): HeldLakeRow {
  return {
    account_id: accountId,
    sync_id: syncId,
    held_id: idOf('held', accountId, 'balances', raw.sha256),
    kind: 'held',
    source: '',
    observed_at: fetchedAt,
    raw_key: raw.key,
    raw_sha256: raw.sha256,
    row_index: 0,
    section: 'balances',
    reason: code,
    payload_pointer: `${raw.key}#`,
    date: null,
    amount_minor: null,
    currency: null,
    description: null,
  }
}

/** Files lie under the day of the fetch, not of the attempt: a retry finds the same folder. */
const placeOf = (spaceId: string, data: { accountId: string; syncId: string; fetchedAt: string }): LakePlace => ({
  spaceId,
  accountId: data.accountId,
  day: data.fetchedAt.slice(0, 10),
  name: data.syncId,
})
