import type { FeedAccount, FeedEvent } from '@pf/contracts'
import type {
  Answer,
  CompleteFetch,
  EndWithheld,
  FailCall,
  IntendCall,
  RecordStored,
  StartSync,
} from './feed-commands.ts'
import type { ScheduledFeed } from './schedule.ts'

export const spaceId = '018f0000-0000-7000-8000-00000000a001'
export const accountId = '018f0000-0000-7000-8000-00000000d001'
export const connectionId = '018f0000-0000-7000-8000-00000000c001'
export const runId = '018f0000-0000-7000-8000-00000000e001'
export const syncOf = (n: number) => `018f0000-0000-7000-8000-0000000f000${n}`
export const callOf = (n: number) => `018f0000-0000-7000-8000-0000000ca00${n}`
/** An instant of the story, in minutes from its beginning; wall and bank agree unless a spec says otherwise. */
export const at = (minutes = 0) => new Date(Date.parse('2026-11-22T09:00:00.000Z') + minutes * 60_000).toISOString()

export const feedAccount = (overrides: Partial<FeedAccount> = {}): FeedAccount => ({
  accountId,
  connectionId,
  provider: 'sandbox',
  providerAccountId: 'p-1',
  institutionId: 'SANDBOXFINANCE_SFIN0000',
  currency: 'GBP',
  timeZone: 'Europe/London',
  historyDays: 730,
  ...overrides,
})

type Data<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>['data']
const fact =
  <T extends FeedEvent['type']>(type: T, defaults: Data<T>) =>
  (overrides: Partial<Data<T>> = {}) =>
    ({ type, data: { ...defaults, ...overrides } }) as unknown as Extract<FeedEvent, { type: T }>

const ids = { syncId: syncOf(1), runId, connectionId, accountId }
const account = feedAccount()
const window = { from: '2024-11-23', to: '2026-11-22' }
const raw = { key: 'raw/x/1.zst', sha256: '1'.repeat(64), bytes: 100 }
const counts = { observed: 3, added: 3, updated: 0, unchanged: 0, held: 0 }
const answer = { callId: callOf(1), raw, fetchedAt: at(), bankNow: at() }

export const syncStarted = fact('SyncStarted', { ...ids, account, attempt: 0, window, bankNow: at(), startedAt: at() })
export const callIntended = fact('CallIntended', { ...ids, callId: callOf(1), scope: 'transactions', bankNow: at() })
export const transactionsFetched = fact('TransactionsFetched', { ...ids, account, window, ...answer })
export const balancesFetched = fact('BalancesFetched', { ...ids, ...answer, callId: callOf(2) })
export const callFailed = fact('CallFailed', {
  ...ids,
  callId: callOf(1),
  scope: 'transactions',
  code: 'bank_unavailable',
  action: 'retry_later',
  spent: 'no',
  counted: false,
  bankNow: at(),
})
export const windowNarrowed = fact('WindowNarrowed', { ...ids, callId: callOf(1), window, bankNow: at() })
export const answerFoundStale = fact('AnswerFoundStale', {
  ...ids,
  callId: callOf(1),
  updatedOn: '2026-11-19',
  bankNow: at(),
})
export const daysMissed = fact('DaysMissed', {
  ...ids,
  callId: callOf(1),
  ...{ from: '2024-08-01', to: '2024-11-22' },
  bankNow: at(),
})
export const syncFailed = fact('SyncFailed', {
  ...ids,
  code: 'bank_unavailable',
  detail: 'The bank did not answer as expected. It is asked again later.',
  attempt: 0,
  failedAt: at(),
})
export const syncStored = fact('SyncStored', { ...ids, window, counts, storedAt: at() })
export const syncCompleted = fact('SyncCompleted', { ...ids, status: 'completed', completedAt: at() })

export const startSync = (overrides: Partial<StartSync> = {}): StartSync => ({
  type: 'StartSync',
  syncId: syncOf(1),
  runId,
  account,
  attempt: 0,
  bankNow: at(),
  startedAt: at(),
  ...overrides,
})
export const intendCall = (overrides: Partial<IntendCall> = {}): IntendCall => ({
  type: 'IntendCall',
  syncId: syncOf(1),
  callId: callOf(1),
  scope: 'transactions',
  bankNow: at(),
  at: at(),
  ...overrides,
})
export const answerOf = (overrides: Partial<Answer> = {}): Answer => ({ ...answer, ...overrides })
export const completeFetch = (overrides: Partial<CompleteFetch> = {}): CompleteFetch => ({
  type: 'CompleteFetch',
  syncId: syncOf(1),
  transactions: answer,
  ...overrides,
})
export const endWithheld = (overrides: Partial<EndWithheld> = {}): EndWithheld => ({
  type: 'EndWithheld',
  syncId: syncOf(1),
  at: at(),
  ...overrides,
})
export const failCall = (overrides: Partial<FailCall> = {}): FailCall => ({
  type: 'FailCall',
  syncId: syncOf(1),
  callId: callOf(1),
  scope: 'transactions',
  code: 'bank_unavailable',
  action: 'retry_later',
  spent: 'no',
  counted: false,
  bankNow: at(),
  at: at(),
  ...overrides,
})
export const recordStored = (overrides: Partial<RecordStored> = {}): RecordStored => ({
  type: 'RecordStored',
  syncId: syncOf(1),
  window,
  counts,
  storedAt: at(),
  ...overrides,
})

export const scheduledFeed = (overrides: Partial<ScheduledFeed> = {}): ScheduledFeed => ({
  spaceId,
  account,
  readableUntil: '2027-05-01T00:00:00.000Z',
  refused: false,
  busy: false,
  lastStartedAt: at(),
  failure: null,
  closed: false,
  now: at(),
  ...overrides,
})
