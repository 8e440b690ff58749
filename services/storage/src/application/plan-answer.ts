import type { FeedEvent } from '@pf/contracts'
import { normalise, openTransactions, rawRowOf } from '@pf/providers/rules'
import { coverageOf } from '../domain/ledger.ts'
import { dayBefore } from '../domain/ledger-plan.ts'
import { MATCHING_DAYS, planSync, type SyncPlan } from '../domain/sync-plan.ts'
import type { StoreSyncParts } from './parts.ts'
import { type Present } from './present.ts'

type TransactionsFetchedData = Extract<FeedEvent, { type: 'TransactionsFetched' }>['data']

/**
 * What one kept answer becomes by today's rules, against the account as it is in `present`. Writes nothing. Throws
 * UnreadablePayload, and what the object store and the vault throw.
 */
export async function planAnswer(
  spaceId: string,
  { data, decidedAt }: { data: TransactionsFetchedData; decidedAt: string },
  { ledger, rows, held }: Present,
  { raw, idOf, holderOf }: Pick<StoreSyncParts, 'raw' | 'idOf' | 'holderOf'>,
): Promise<{ plan: SyncPlan; normaliserVersion: number }> {
  const { accountId, connectionId, syncId, account, window } = data
  const body = openTransactions(await raw.read({ spaceId, accountId }, data.raw))
  const ownerName = await holderOf({ spaceId, accountId, connectionId })
  const answer = normalise(body, {
    institutionId: account.institutionId,
    today: window.to,
    timeZone: account.timeZone,
    currency: account.currency,
    dateFrom: window.from,
    ...(ownerName === undefined ? {} : { ownerName }),
  })
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
    decidedAt,
    decisionSeq: ledger.decisionSeq,
    idOf,
    covered: coverageOf(ledger),
    held,
    words: ledger.words,
    rawRow: (index) => rawRowOf(body, index),
  })
  return { plan, normaliserVersion: answer.version }
}
