import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { Day } from '../ids.ts'
import * as S from './shapes.ts'

/** One call of the public surface: what the gateway validates, answers and documents. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** Without a token. */
  readonly open?: boolean
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TObject
  /** Takes `multipart/form-data` with a file. */
  readonly upload?: boolean
  /** By status; `null` is an answer without a body. */
  readonly answers: Readonly<Record<number, TSchema | null>>
  /** Problem codes it may answer beyond those every route may. */
  readonly problems?: readonly string[]
}

const closed = { additionalProperties: false }
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }, closed)
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }))
const Cursor = Type.Optional(Type.String({ maxLength: 512 }))
const query = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, closed)
const Amount = Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,4})?$' })
const Credentials = Type.Object(
  { username: Type.String({ minLength: 3, maxLength: 50 }), password: Type.String({ minLength: 8, maxLength: 1024 }) },
  closed,
)

export const TransactionFilter = query({
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  category: Type.Optional(Type.String({ maxLength: 64 })),
  direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
  status: Type.Optional(Type.Union([Type.Literal('booked'), Type.Literal('pending')])),
  min_amount: Type.Optional(Amount),
  max_amount: Type.Optional(Amount),
  q: Type.Optional(Type.String({ maxLength: 200 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  /** As spending by merchant names it; empty: rows of which nobody knows whom they are with. */
  merchant: Type.Optional(Type.String({ maxLength: 200 })),
  /** The rows that a figure of that kind is made of, and no others: their totals are the figure. */
  figure: Type.Optional(Type.Union([Type.Literal('spending'), Type.Literal('cash_flow')])),
  sort: Type.Optional(Type.Union([Type.Literal('-date'), Type.Literal('date')])),
  limit: Limit,
  cursor: Cursor,
})
export type TransactionFilter = Static<typeof TransactionFilter>

/** The same filters as the list; what only orders and cuts it is left out. */
export const TransactionMonthsFilter = query(Type.Omit(TransactionFilter, ['sort', 'limit', 'cursor']).properties)
export type TransactionMonthsFilter = Static<typeof TransactionMonthsFilter>

/** Amounts in this currency where a dated rate leads there; else they stay in their own. */
const ConvertTo = Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' }))

export const SpendingQuery = query({
  group_by: Type.Optional(
    Type.String({
      pattern: '^(day|week|month|category|merchant|account)(,(day|week|month|category|merchant|account))*$',
    }),
  ),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type SpendingQuery = Static<typeof SpendingQuery>

export const CashFlowQuery = query({
  interval: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month')])),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type CashFlowQuery = Static<typeof CashFlowQuery>

export const NetWorthQuery = query({
  interval: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('month')])),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type NetWorthQuery = Static<typeof NetWorthQuery>

export const RecurringQuery = query({
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('late'), Type.Literal('ended')])),
})
export type RecurringQuery = Static<typeof RecurringQuery>

export const SyncsQuery = query({
  run_id: Type.Optional(Type.String({ maxLength: 128 })),
  connection_id: Type.Optional(Type.String({ maxLength: 128 })),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  limit: Limit,
  cursor: Cursor,
})
export type SyncsQuery = Static<typeof SyncsQuery>

const Ok = Type.Object({ ok: Type.Boolean() })
const Link = Type.Object({
  id: Type.String(),
  status: Type.String(),
  link: Type.String(),
  /** How far back the consent will reach: some banks give a lasting one 90 days at most. */
  history_days: Type.Optional(Type.Integer()),
})
const Name = Type.String({ minLength: 1, maxLength: 100 })

/** At most what one request on the bus and one event carry with ease. */
const Sql = Type.String({ minLength: 1, maxLength: 20_000 })

const route = <const R extends Route>(r: R): R => r

export const routes = {
  register: route({
    method: 'POST',
    path: '/auth/register',
    tag: 'Auth',
    open: true,
    summary: 'Register a user and open their space',
    body: Credentials,
    answers: { 201: S.User },
    problems: ['username_taken', 'registration_closed', 'too_many_attempts'],
  }),
  login: route({
    method: 'POST',
    path: '/auth/login',
    tag: 'Auth',
    open: true,
    summary: 'Start a session; sets the refresh cookie',
    body: Type.Object(
      {
        username: Type.String({ minLength: 1, maxLength: 50 }),
        password: Type.String({ minLength: 1, maxLength: 1024 }),
      },
      closed,
    ),
    answers: { 200: S.AccessToken },
    problems: ['bad_credentials', 'too_many_attempts'],
  }),
  me: route({ method: 'GET', path: '/auth/me', tag: 'Auth', summary: 'Who am I', answers: { 200: S.User } }),
  eraseMe: route({
    method: 'DELETE',
    path: '/auth/me',
    tag: 'Auth',
    summary: 'Erase everything of this user, for good; signed out at once',
    body: Type.Object({ password: Type.String({ minLength: 1, maxLength: 1024 }) }, closed),
    answers: { 202: null },
    problems: ['bad_credentials', 'too_many_attempts'],
  }),
  refresh: route({
    method: 'POST',
    path: '/auth/refresh',
    tag: 'Auth',
    open: true,
    summary: 'Rotate the refresh cookie for a new access token',
    answers: { 200: S.AccessToken },
    problems: ['refresh_missing', 'refresh_invalid', 'refresh_reused'],
  }),
  logout: route({
    method: 'POST',
    path: '/auth/logout',
    tag: 'Auth',
    open: true,
    summary: 'End the session',
    answers: { 200: Ok },
  }),
  authConfig: route({
    method: 'GET',
    path: '/auth/config',
    tag: 'Auth',
    open: true,
    summary: 'Which log-in, what is on',
    answers: { 200: S.AuthConfig },
  }),

  providers: route({
    method: 'GET',
    path: '/providers',
    tag: 'Connections',
    summary: 'Providers and whether they are set up',
    answers: { 200: S.page(S.ProviderInstance) },
  }),
  putProviderKeys: route({
    method: 'PUT',
    path: '/providers/{id}/keys',
    tag: 'Connections',
    summary: 'Keys of a provider, into the vault (operator)',
    params: Id,
    body: Type.Object(
      {
        secret_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        secret_key: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
        application_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        /** PEM, PKCS #8. */
        private_key: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
      },
      closed,
    ),
    answers: { 200: S.ProviderInstance },
    problems: ['provider_not_found', 'operator_only', 'keys_invalid'],
  }),
  checkProvider: route({
    method: 'POST',
    path: '/providers/{id}/check',
    tag: 'Connections',
    summary: 'Ask the provider whether the keys do (operator)',
    params: Id,
    answers: { 200: S.ProviderCheck },
    problems: ['provider_not_found', 'operator_only', 'provider_not_configured'],
  }),
  institutions: route({
    method: 'GET',
    path: '/institutions',
    tag: 'Connections',
    summary: 'Banks of a country',
    query: query({
      country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', default: 'GB' })),
      q: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    answers: { 200: S.page(S.Institution) },
    problems: ['provider_unavailable'],
  }),
  requestConnection: route({
    method: 'POST',
    path: '/connections',
    tag: 'Connections',
    summary: 'Ask for a bank; send the browser to `link`',
    body: Type.Object(
      {
        institution_id: Type.String({ minLength: 1, maxLength: 128 }),
        provider: Type.Optional(Type.String({ maxLength: 32 })),
        friendly_name: Type.Optional(Name),
      },
      closed,
    ),
    answers: { 201: Link },
    problems: [
      'institution_not_found',
      'provider_ambiguous',
      'provider_not_configured',
      'provider_unavailable',
      'provider_refused',
    ],
  }),
  connectionCallback: route({
    method: 'GET',
    path: '/connections/callback',
    tag: 'Connections',
    open: true,
    summary: "The browser's return from the bank; safe to repeat",
    query: Type.Object(
      {
        ref: Type.Optional(Type.String({ maxLength: 256 })),
        code: Type.Optional(Type.String({ maxLength: 2048 })),
        state: Type.Optional(Type.String({ maxLength: 256 })),
        error: Type.Optional(Type.String({ maxLength: 128 })),
        details: Type.Optional(Type.String({ maxLength: 1024 })),
      },
      { additionalProperties: true },
    ),
    answers: { 302: null },
  }),
  completeConnection: route({
    method: 'POST',
    path: '/connections/{id}/complete',
    tag: 'Connections',
    summary: "The owner's confirmation after a return on another device",
    params: Id,
    body: Type.Object({}, closed),
    answers: { 200: S.Connection },
    problems: ['connection_not_found', 'requisition_superseded'],
  }),
  connections: route({
    method: 'GET',
    path: '/connections',
    tag: 'Connections',
    summary: 'Connected banks',
    answers: { 200: S.page(S.Connection) },
  }),
  connection: route({
    method: 'GET',
    path: '/connections/{id}',
    tag: 'Connections',
    summary: 'One connected bank',
    params: Id,
    answers: { 200: S.Connection },
    problems: ['connection_not_found'],
  }),
  renameConnection: route({
    method: 'PATCH',
    path: '/connections/{id}',
    tag: 'Connections',
    summary: 'Give it a name',
    params: Id,
    body: Type.Object({ friendly_name: Name }, closed),
    answers: { 200: S.Connection },
    problems: ['connection_not_found'],
  }),
  renewConnection: route({
    method: 'POST',
    path: '/connections/{id}/renew',
    tag: 'Connections',
    summary: 'Renew the consent in place',
    params: Id,
    answers: { 200: Link },
    problems: ['connection_not_found', 'connection_removed', 'provider_unavailable'],
  }),
  syncConnection: route({
    method: 'POST',
    path: '/connections/{id}/sync',
    tag: 'Syncs',
    summary: 'Sync now',
    params: Id,
    answers: { 202: S.SyncRun },
    problems: ['connection_not_found', 'connection_not_active', 'quota_exhausted', 'bank_rests', 'sync_in_progress'],
  }),
  removeConnection: route({
    method: 'DELETE',
    path: '/connections/{id}',
    tag: 'Connections',
    summary:
      'End the consent at the provider; its history stays, or (erase=true) goes with the accounts that only it feeds',
    params: Id,
    query: query({ erase: Type.Optional(Type.Boolean({ default: false })) }),
    answers: { 202: S.ConnectionErasure, 204: null },
    problems: ['connection_not_found'],
  }),

  syncs: route({
    method: 'GET',
    path: '/syncs',
    tag: 'Syncs',
    summary: 'Syncs, newest first',
    query: SyncsQuery,
    answers: { 200: S.page(S.Sync) },
  }),
  sync: route({
    method: 'GET',
    path: '/syncs/{id}',
    tag: 'Syncs',
    summary: 'One sync',
    params: Id,
    answers: { 200: S.Sync },
    problems: ['sync_not_found'],
  }),
  advanceDemo: route({
    method: 'POST',
    path: '/demo/advance',
    tag: 'Demo',
    summary: "Move the demo bank's day and sync",
    body: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 366 }) }, closed),
    answers: { 202: Type.Object({ bank_now: Type.String(), runs: Type.Array(S.SyncRun) }) },
    problems: ['demo_off'],
  }),

  held: route({
    method: 'GET',
    path: '/held',
    tag: 'Held rows',
    summary: 'Rows that wait for a word of yours, newest first',
    query: query({
      account_id: Type.Optional(Type.String({ maxLength: 128 })),
      decided: Type.Optional(Type.Boolean({ default: false })),
      limit: Limit,
      cursor: Cursor,
    }),
    answers: { 200: S.page(S.HeldItem) },
  }),
  decideHeld: route({
    method: 'POST',
    path: '/held/{id}/decision',
    tag: 'Held rows',
    summary: 'Accept it (with what could not be read), say which payment it is, or leave it out',
    params: Id,
    body: Type.Object(
      {
        verdict: Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')]),
        date: Type.Optional(Day),
        amount: Type.Optional(S.Money),
        transaction_id: Type.Optional(Type.String({ maxLength: 128 })),
      },
      closed,
    ),
    answers: { 200: S.HeldItem },
    problems: ['held_not_found', 'held_decided', 'held_correction_needed', 'transaction_not_found'],
  }),
  undecideHeld: route({
    method: 'DELETE',
    path: '/held/{id}/decision',
    tag: 'Held rows',
    summary: 'Take the word back',
    params: Id,
    answers: { 204: null },
    problems: ['held_not_found', 'held_undecided'],
  }),
  identityDecisions: route({
    method: 'GET',
    path: '/identity/decisions',
    tag: 'Identity',
    summary: 'Your words on what is one payment, newest first',
    answers: { 200: S.page(S.IdentityDecision) },
  }),
  decideIdentity: route({
    method: 'POST',
    path: '/identity/decisions',
    tag: 'Identity',
    summary: 'Say what is one payment and what is not',
    body: Type.Object(
      {
        transaction_ids: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 20 }),
        verdict: Type.Union([Type.Literal('same'), Type.Literal('different')]),
      },
      closed,
    ),
    answers: { 201: S.IdentityDecision },
    problems: ['transaction_not_found', 'accounts_differ', 'currencies_differ', 'nothing_to_split'],
  }),
  undecideIdentity: route({
    method: 'DELETE',
    path: '/identity/decisions/{id}',
    tag: 'Identity',
    summary: 'Take the word back',
    params: Id,
    answers: { 204: null },
    problems: ['decision_not_found'],
  }),
  rulesReport: route({
    method: 'GET',
    path: '/identity/rules',
    tag: 'Identity',
    summary: 'What the newest rules would make of everything that was kept',
    answers: { 200: S.RulesReport },
  }),
  switchRules: route({
    method: 'POST',
    path: '/identity/rules/switch',
    tag: 'Identity',
    summary: 'Take the newest rules for everything that was kept',
    answers: { 200: S.RulesReport },
  }),
  imports: route({
    method: 'GET',
    path: '/imports',
    tag: 'Imports',
    summary: 'Statement files, newest first',
    answers: { 200: S.page(S.Import) },
  }),
  importStatement: route({
    method: 'POST',
    path: '/imports',
    tag: 'Imports',
    summary: 'A statement file (multipart: file; account_id or new_account; mapping; dry_run)',
    upload: true,
    answers: { 201: S.Import, 202: S.Import },
    problems: [
      'statement_unreadable',
      'statement_too_large',
      'account_not_found',
      'account_needed',
      'account_ambiguous',
      'accounts_differ',
      'currencies_differ',
      'mapping_needed',
      'imported_already',
    ],
  }),
  takeBackImport: route({
    method: 'DELETE',
    path: '/imports/{id}',
    tag: 'Imports',
    summary: 'Take a file back; what only it told is gone',
    params: Id,
    answers: { 204: null },
    problems: ['import_not_found'],
  }),

  accounts: route({
    method: 'GET',
    path: '/accounts',
    tag: 'Accounts',
    summary: 'Accounts with their balances',
    query: query({ connection_id: Type.Optional(Type.String({ maxLength: 128 })) }),
    answers: { 200: S.page(S.Account) },
  }),
  account: route({
    method: 'GET',
    path: '/accounts/{id}',
    tag: 'Accounts',
    summary: 'One account',
    params: Id,
    answers: { 200: S.Account },
    problems: ['account_not_found'],
  }),
  renameAccount: route({
    method: 'PATCH',
    path: '/accounts/{id}',
    tag: 'Accounts',
    summary: 'Give it a name',
    params: Id,
    body: Type.Object({ name: Name }, closed),
    answers: { 200: S.Account },
    problems: ['account_not_found'],
  }),
  accountBalances: route({
    method: 'GET',
    path: '/accounts/{id}/balances',
    tag: 'Accounts',
    summary: 'Booked balance by day',
    params: Id,
    query: query({ from: Type.Optional(Day), to: Type.Optional(Day) }),
    answers: { 200: Type.Object({ items: Type.Array(S.DailyBalance), as_of: S.AsOf }) },
    problems: ['account_not_found'],
  }),
  accountProof: route({
    method: 'GET',
    path: '/accounts/{id}/proof',
    tag: 'Accounts',
    summary: 'Whether the rows between two stated balances explain them',
    params: Id,
    query: query({ from: Type.Optional(Day), to: Type.Optional(Day) }),
    answers: { 200: S.ProofAnswer },
    problems: ['account_not_found'],
  }),

  transactions: route({
    method: 'GET',
    path: '/transactions',
    tag: 'Transactions',
    summary: 'Rows, filtered, by date',
    query: TransactionFilter,
    answers: { 200: S.TransactionPage },
  }),
  explainTransaction: route({
    method: 'GET',
    path: '/transactions/{id}/explain',
    tag: 'Transactions',
    summary: "One payment down to the bank's own bytes: observations, identity decisions, category's rule",
    params: Id,
    answers: { 200: S.Explanation },
    problems: ['transaction_not_found'],
  }),
  transactionMonths: route({
    method: 'GET',
    path: '/transactions/months',
    tag: 'Transactions',
    summary: 'How many rows each month has, newest first; the same filters',
    query: TransactionMonthsFilter,
    answers: { 200: S.TransactionMonths },
    problems: ['account_not_found'],
  }),
  spending: route({
    method: 'GET',
    path: '/analytics/spending',
    tag: 'Analytics',
    summary: 'Spent by period, category, merchant, account; own transfers left out',
    query: SpendingQuery,
    answers: { 200: S.SpendingAnswer },
  }),
  cashFlow: route({
    method: 'GET',
    path: '/analytics/cash-flow',
    tag: 'Analytics',
    summary: 'In, out and net by period; own transfers left out',
    query: CashFlowQuery,
    answers: { 200: S.CashFlowAnswer },
  }),
  netWorth: route({
    method: 'GET',
    path: '/analytics/net-worth',
    tag: 'Analytics',
    summary: 'What all counted accounts hold and owe, at the end of each day or month',
    query: NetWorthQuery,
    answers: { 200: S.NetWorthAnswer },
  }),
  recurring: route({
    method: 'GET',
    path: '/analytics/recurring',
    tag: 'Analytics',
    summary: 'Payments that come back: how often, how much, when next, what changed',
    query: RecurringQuery,
    answers: { 200: S.RecurringAnswer },
    problems: ['account_not_found'],
  }),

  martStatus: route({
    method: 'GET',
    path: '/analytics/status',
    tag: 'Analytics',
    summary: 'The marts: version, log position, rows, when built',
    answers: { 200: S.MartStatus },
  }),
  rebuild: route({
    method: 'POST',
    path: '/analytics/rebuild',
    tag: 'Analytics',
    summary: 'Build the marts anew from the lake, beside the old ones; switched by itself where nothing differs',
    body: Type.Object({}, closed),
    answers: { 202: S.Rebuild },
    problems: ['rebuild_running', 'rebuild_empty'],
  }),
  rebuilds: route({
    method: 'GET',
    path: '/analytics/rebuilds',
    tag: 'Analytics',
    summary: 'Rebuilds, newest first',
    answers: { 200: S.page(S.Rebuild) },
  }),
  getRebuild: route({
    method: 'GET',
    path: '/analytics/rebuilds/{id}',
    tag: 'Analytics',
    summary: 'One rebuild: progress, and how old and new compare',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found'],
  }),
  switchRebuild: route({
    method: 'POST',
    path: '/analytics/rebuilds/{id}/switch',
    tag: 'Analytics',
    summary: 'Answer from the new marts although something differs',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found', 'rebuild_not_compared'],
  }),
  discardRebuild: route({
    method: 'POST',
    path: '/analytics/rebuilds/{id}/discard',
    tag: 'Analytics',
    summary: 'Keep the old marts; stops one that is being built',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found', 'rebuild_not_compared'],
  }),
  datasets: route({
    method: 'GET',
    path: '/analytics/datasets',
    tag: 'Analytics',
    summary: "The marts' tables: columns, types, grain, rows",
    answers: { 200: S.DatasetsAnswer },
  }),
  query: route({
    method: 'POST',
    path: '/analytics/query',
    tag: 'Analytics',
    summary: 'One SELECT over the marts; bounded in time, rows and memory',
    body: Type.Object({ sql: Sql }, closed),
    answers: { 200: S.QueryAnswer },
    problems: ['query_invalid', 'query_timeout', 'query_too_large', 'overloaded'],
  }),
  savedQueries: route({
    method: 'GET',
    path: '/queries',
    tag: 'Analytics',
    summary: 'Saved queries, by name',
    answers: { 200: S.page(S.SavedQuery) },
  }),
  saveQuery: route({
    method: 'POST',
    path: '/queries',
    tag: 'Analytics',
    summary: 'Keep a query under a name',
    body: Type.Object({ name: Name, sql: Sql }, closed),
    answers: { 201: S.SavedQuery },
    problems: ['query_name_taken', 'queries_full'],
  }),
  deleteQuery: route({
    method: 'DELETE',
    path: '/queries/{id}',
    tag: 'Analytics',
    summary: 'Delete a saved query',
    params: Id,
    answers: { 204: null },
    problems: ['query_not_found'],
  }),

  events: route({
    method: 'GET',
    path: '/events',
    tag: 'Live',
    summary: 'Server-sent notices: what to read again',
    answers: { 200: null },
  }),
  operations: route({
    method: 'GET',
    path: '/operations',
    tag: 'Operations',
    summary: 'Read models with their lag, and what was set aside (operator)',
    answers: { 200: S.Operations },
    problems: ['operator_only'],
  }),
  retryQuarantined: route({
    method: 'POST',
    path: '/quarantine/{id}/retry',
    tag: 'Operations',
    summary: 'Repeat what was set aside (operator)',
    params: Id,
    answers: { 200: S.Retried },
    problems: ['operator_only', 'quarantined_not_found'],
  }),
  health: route({
    method: 'GET',
    path: '/health',
    tag: 'Operations',
    open: true,
    summary: 'The process lives',
    answers: { 200: Type.Object({ status: Type.String() }) },
  }),
  ready: route({
    method: 'GET',
    path: '/ready',
    tag: 'Operations',
    open: true,
    summary: 'Each dependency',
    answers: {
      200: Type.Object({ status: Type.String(), dependencies: Type.Record(Type.String(), Type.String()) }),
      503: Type.Object({ status: Type.String(), dependencies: Type.Record(Type.String(), Type.String()) }),
    },
  }),
} as const satisfies Record<string, Route>
export type RouteName = keyof typeof routes
