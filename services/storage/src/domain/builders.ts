import type { FeedEvent, LakeFile, LedgerEvent } from '@pf/contracts'
import { type HeldRow, type NormalisedRow, normalise } from '@pf/providers/rules'
import { derivedId } from '../adapters/derived-id.ts'
import type { StoreSync } from './ledger.ts'
import type { SyncContext } from './sync-plan.ts'

/** Builders for specs: what matters is told, the rest is filled in. */
export const ids = {
  space: '00000000-0000-7000-8000-000000000001',
  account: '00000000-0000-7000-8000-00000000000a',
  connection: '00000000-0000-7000-8000-00000000000c',
  run: '00000000-0000-7000-8000-00000000000e',
  sync: (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '5')}`,
}

export type BankRow = Record<string, unknown>

/** A booked or pending row as the bank sends it. */
export function bankRow(over: { date?: string; amount?: string; text?: string; id?: string } & BankRow = {}): BankRow {
  const { date = '2026-10-05', amount = '-12.50', text = 'Corner shop', id, ...more } = over
  return {
    bookingDate: date,
    transactionAmount: { amount, currency: 'GBP' },
    remittanceInformationUnstructured: text,
    ...(id === undefined ? {} : { transactionId: id }),
    ...more,
  }
}

export const bankAnswer = (booked: readonly BankRow[], pending: readonly BankRow[] = []) => ({
  transactions: { booked, pending },
})

export function normalised(
  booked: readonly BankRow[],
  pending: readonly BankRow[] = [],
): { rows: NormalisedRow[]; held: HeldRow[] } {
  return normalise(bankAnswer(booked, pending), {
    institutionId: 'TEST_BANK',
    today: '2026-10-31',
    timeZone: 'Europe/London',
    currency: 'GBP',
  })
}

export function syncContext(over: Partial<SyncContext> = {}): SyncContext {
  return {
    spaceId: ids.space,
    accountId: ids.account,
    connectionId: ids.connection,
    syncId: ids.sync(1),
    source: 'sandbox',
    window: { from: '2026-10-01', to: '2026-10-31' },
    raw: { key: 'raw/s/a/1.zst', sha256: '1'.repeat(64) },
    fetchedAt: '2026-10-31T08:00:00.000Z',
    bankNow: '2026-10-31T08:00:00.000Z',
    normaliserVersion: 1,
    decidedAt: '2026-10-31T08:00:01.000Z',
    decisionSeq: 0,
    idOf: derivedId,
    covered: {},
    held: new Map(),
    words: {},
    rawRow: (index) => ({ index }),
    ...over,
  }
}

export const lakeFile = (over: Partial<LakeFile> = {}): LakeFile => ({
  dataset: 'decisions',
  schemaVersion: 1,
  key: 'lake/decisions/1.parquet',
  sha256: '2'.repeat(64),
  rows: 1,
  bytes: 100,
  ...over,
})

const syncIds = { syncId: ids.sync(1), runId: ids.run, connectionId: ids.connection, accountId: ids.account }
const storedAt = '2026-10-31T08:00:02.000Z'

type TransactionsPart = NonNullable<StoreSync['transactions']>
const transactionsPart = (over: Partial<TransactionsPart> = {}): TransactionsPart => ({
  window: { from: '2026-10-01', to: '2026-10-31' },
  decidedFrom: 0,
  decisionSeq: 1,
  source: 'sandbox',
  linked: 0,
  linkFiles: [],
  files: [lakeFile()],
  counts: { observed: 1, added: 1, updated: 0, unchanged: 0, held: 0 },
  vanished: 0,
  normaliserVersion: 1,
  identityVersion: 1,
  ...over,
})

export const storeTransactions = (over: Partial<TransactionsPart> = {}, syncId = ids.sync(1)): StoreSync => ({
  type: 'StoreSync',
  ...syncIds,
  syncId,
  storedAt,
  transactions: transactionsPart(over),
})

export const storeBalances = (files: LakeFile[] = [], syncId = ids.sync(1)): StoreSync => ({
  type: 'StoreSync',
  ...syncIds,
  syncId,
  storedAt,
  balances: { files },
})

export function transactionsStored(over: Partial<TransactionsPart> = {}, syncId = ids.sync(1)): LedgerEvent {
  const { decidedFrom: _, source: __, linked: ___, linkFiles: ____, ...data } = transactionsPart(over)
  return { type: 'TransactionsStored', data: { ...syncIds, syncId, storedAt, ...data } }
}

export const sourceObserved = (syncId = ids.sync(1)): LedgerEvent => ({
  type: 'SourceObserved',
  data: { accountId: ids.account, syncId, source: 'sandbox', window: transactionsPart().window, linked: 0, files: [] },
})

export const balancesStored = (files: LakeFile[] = [], syncId = ids.sync(1)): LedgerEvent => ({
  type: 'BalancesStored',
  data: { syncId, accountId: ids.account, files, storedAt },
})

type FetchedData = Extract<FeedEvent, { type: 'TransactionsFetched' }>['data']

export const transactionsFetched = (over: Partial<FetchedData> = {}): FeedEvent & { type: 'TransactionsFetched' } => ({
  type: 'TransactionsFetched',
  data: {
    syncId: ids.sync(1),
    runId: ids.run,
    connectionId: ids.connection,
    accountId: ids.account,
    callId: ids.sync(900),
    account: {
      accountId: ids.account,
      connectionId: ids.connection,
      provider: 'sandbox',
      providerAccountId: 'provider-account-1',
      institutionId: 'TEST_BANK',
      currency: 'GBP',
      timeZone: 'Europe/London',
      historyDays: 90,
    },
    window: { from: '2026-10-01', to: '2026-10-31' },
    raw: { key: 'raw/s/a/1.zst', sha256: '1'.repeat(64), bytes: 1 },
    fetchedAt: '2026-10-31T08:00:00.000Z',
    bankNow: '2026-10-31T08:00:00.000Z',
    ...over,
  },
})
