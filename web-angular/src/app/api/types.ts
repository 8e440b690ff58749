import type { Rest } from '@pf/contracts'

/** The wire's shapes, named once for the web. They are the contract's own; nothing is declared twice. */
export type Money = Rest.Money
export type User = Rest.User
export type LoginAnswer = Rest.AccessToken
export type AuthConfig = Rest.AuthConfig
export type OpenSession = Rest.Session
export type SecurityEvent = Rest.SecurityEvent
export type ApiToken = Rest.ApiToken
export type IssuedApiToken = Rest.IssuedApiToken
export type Invite = Rest.Invite
export type IssuedInvite = Rest.IssuedInvite
export type Mfa = Rest.Mfa
export type StartedTotp = Rest.StartedTotp
export type RecoveryCodes = Rest.RecoveryCodes
export type Passkey = Rest.Passkey
export type PasskeyCreation = Rest.PasskeyCreation
export type PasskeyRequest = Rest.PasskeyRequest
export type PasskeyAttestation = Rest.PasskeyAttestation
export type PasskeyAssertion = Rest.PasskeyAssertion
export type DataExport = Rest.DataExport
export type ApiScope = ApiToken['scopes'][number]
export type Institution = Rest.Institution
export type ProviderInstance = Rest.ProviderInstance
export type ProviderCheck = Rest.ProviderCheck
export type Connection = Rest.Connection
export type ConnectionStatus = Rest.ConnectionStatus
export type QuotaLine = Rest.QuotaLine
export type Sync = Rest.Sync
export type SyncStatus = Rest.SyncStatus
export type Account = Rest.Account
export type AccountKind = Account['kind']
export type Proof = Account['proof']
export type DailyBalance = Rest.DailyBalance
export type ProofInterval = Rest.ProofInterval
export type ProofSuspect = Rest.ProofSuspect
export type Transaction = Rest.Transaction
export type Explanation = Rest.Explanation
export type TransactionPage = Rest.TransactionPage
export type TransactionMonths = Rest.TransactionMonths
export type Totals = Rest.Totals
export type SpendingAnswer = Rest.SpendingAnswer
export type SpendingRow = Rest.SpendingRow
export type CashFlowAnswer = Rest.CashFlowAnswer
export type CashFlowRow = Rest.CashFlowRow
export type NetWorthRow = Rest.NetWorthRow
export type NetWorthAnswer = Rest.NetWorthAnswer
export type Recurring = Rest.Recurring
export type RecurringAnswer = Rest.RecurringAnswer
export type MartStatus = Rest.MartStatus
export type Rebuild = Rest.Rebuild
export type Operations = Rest.Operations
export type Dataset = Rest.Dataset
export type DatasetsAnswer = Rest.DatasetsAnswer
export type QueryAnswer = Rest.QueryAnswer
export type SavedQuery = Rest.SavedQuery
export type AsOf = Rest.AsOf
export type HeldItem = Rest.HeldItem
export type IdentityDecision = Rest.IdentityDecision
export type HeldVerdict = HeldItem['verdicts'][number]
export type Preference = Rest.Preference
export type Import = Rest.Import
export type CsvMapping = Rest.CsvMapping
export type Notice = Rest.Notice
export type Topic = Notice['topic']

export type List<T> = { items: T[]; next_cursor?: string }
export type Linking = { id: string; status: string; link: string }
export type SyncRun = Rest.SyncRun
export type DemoStep = { bank_now: string; runs: SyncRun[] }

/** What a list of rows can be narrowed by; the same names stand in the page's URL. */
export type TransactionFilter = {
  date_from?: string
  date_to?: string
  account_id?: string
  category?: string
  direction?: 'in' | 'out'
  status?: 'booked' | 'pending'
  min_amount?: string
  max_amount?: string
  q?: string
  currency?: string
  /** As spending by merchant names it. */
  merchant?: string
  /** The rows that a figure of that kind is made of, and no others: their totals are the figure. */
  figure?: 'spending' | 'cash_flow'
}
