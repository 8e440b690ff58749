import { type Static, type TSchema, Type } from 'typebox'
import { LeftOutReasonSchema } from '../connection.events.ts'
import { Day, Instant, Month } from '../ids.ts'

const Opaque = Type.String({ minLength: 1, maxLength: 128 })
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Decimal string with the currency's own number of decimals; debit negative. */
export const Money = Type.Object({
  amount: Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})
export type Money = Static<typeof Money>

/** RFC 9457. `code` is stable; `errors` points into the request. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
})
export type Problem = Static<typeof Problem>

export const page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Optional(Type.String()) })

export const AsOf = Type.Object({ log_position: Type.String(), built_at: Nullable(Instant) })
export type AsOf = Static<typeof AsOf>

export const User = Type.Object({ id: Opaque, username: Type.String() })
export type User = Static<typeof User>
export const AccessToken = Type.Object({ access_token: Type.String(), expires_in: Type.Integer() })
export type AccessToken = Static<typeof AccessToken>
export const AuthConfig = Type.Object({
  mode: Type.Union([Type.Literal('embedded'), Type.Literal('keycloak')]),
  registration: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')]),
  demo: Type.Boolean(),
})
export type AuthConfig = Static<typeof AuthConfig>

export const Institution = Type.Object({
  id: Type.String(),
  provider: Type.String(),
  name: Type.String(),
  bic: Type.String(),
  countries: Type.Array(Type.String()),
  logo: Type.String(),
  max_history_days: Type.Integer(),
  max_consent_days: Type.Integer(),
  demo: Type.Boolean(),
})
export type Institution = Static<typeof Institution>

export const ConnectionStatus = Type.Union(
  (['pending', 'active', 'expiring', 'expired', 'failed', 'revoked'] as const).map((s) => Type.Literal(s)),
)
export type ConnectionStatus = 'pending' | 'active' | 'expiring' | 'expired' | 'failed' | 'revoked'

export const QuotaLine = Type.Object({
  account_id: Opaque,
  scope: Type.Union([Type.Literal('transactions'), Type.Literal('balances'), Type.Literal('details')]),
  limit: Type.Integer(),
  remaining: Type.Integer(),
  resets_at: Nullable(Instant),
})
export type QuotaLine = Static<typeof QuotaLine>

const DayRange = Type.Object({ from: Day, to: Day })

export const Connection = Type.Object({
  id: Opaque,
  provider: Type.String(),
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Type.String() }),
  friendly_name: Nullable(Type.String()),
  status: Type.String(),
  /** `history_days`: how far back the bank was asked to go when the consent was given. */
  consent: Nullable(
    Type.Object({ granted_at: Instant, expires_at: Instant, history_days: Type.Optional(Type.Integer()) }),
  ),
  accounts: Type.Array(Opaque),
  last_sync: Nullable(
    Type.Object({ id: Opaque, status: Type.String(), finished_at: Nullable(Instant), error: Nullable(Problem) }),
  ),
  next_sync_at: Nullable(Instant),
  /** The bank answers, but with data that it has not brought up to date since this day: over two days when it was asked. */
  stale_since: Type.Optional(Nullable(Day)),
  quota: Type.Array(QuotaLine),
  /** No account can be asked for now: the code with which a sync would be refused, and when the first can (the bank's time). */
  sync_held: Type.Optional(
    Nullable(
      Type.Object({
        code: Type.Union([Type.Literal('quota_exhausted'), Type.Literal('bank_rests')]),
        until: Instant,
      }),
    ),
  ),
  /** How many accounts of the consent are not read, by why; the reasons are codes of `error` too. */
  left_out: Type.Optional(Type.Array(Type.Object({ reason: LeftOutReasonSchema, accounts: Type.Integer() }))),
  /**
   * Days that could not be fetched, since the bank does not tell so far back; without those that another fetch or an imported
   * statement covers.
   */
  missed: Type.Optional(Type.Array(Type.Object({ account_id: Opaque, ...DayRange.properties }))),
  demo: Type.Boolean(),
  /** The bank wants a confirmation at the provider's page; nothing can be read from `due_at` until it is given. */
  reconfirmation: Type.Optional(Nullable(Type.Object({ link: Type.String(), due_at: Instant, valid_to: Instant }))),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Connection = Omit<Static<typeof Connection>, 'status'> & { status: ConnectionStatus }

export const syncStatuses = [
  'queued',
  'fetching',
  'storing',
  'materialising',
  'completed',
  'partial',
  'failed',
] as const
export type SyncStatus = (typeof syncStatuses)[number]

export const Sync = Type.Object({
  id: Opaque,
  run_id: Opaque,
  connection_id: Opaque,
  account_id: Opaque,
  trigger: Type.String(),
  status: Type.Union(syncStatuses.map((s) => Type.Literal(s))),
  window: Nullable(DayRange),
  /** Days before the window that nobody asked the bank for, and that it does not tell of any more. */
  missed: Type.Optional(Nullable(DayRange)),
  calls: Type.Integer(),
  observed: Type.Integer(),
  added: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  held: Type.Integer(),
  requested_at: Instant,
  started_at: Nullable(Instant),
  finished_at: Nullable(Instant),
  retry_at: Nullable(Instant),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Sync = Omit<Static<typeof Sync>, 'status'> & { status: SyncStatus }

export const SyncRun = Type.Object({
  run_id: Opaque,
  syncs: Type.Array(Type.Object({ id: Opaque, account_id: Opaque })),
})
export type SyncRun = Static<typeof SyncRun>

/** `unverified`: nothing can be said, and `reason` says why (docs/proof.md). */
const ProofStatus = Type.Union([Type.Literal('verified'), Type.Literal('gap'), Type.Literal('unverified')])

export const accountKinds = ['current', 'savings', 'card', 'loan', 'other'] as const
export const Account = Type.Object({
  id: Opaque,
  /** Null where only statement files told of it. */
  connection_id: Nullable(Opaque),
  provider_account_id: Type.String(),
  name: Type.String(),
  kind: Type.Union(accountKinds.map((k) => Type.Literal(k))),
  currency: Type.String(),
  /** The last four characters of IBAN, number or card. */
  iban_masked: Nullable(Type.String()),
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Type.String() }),
  balances: Type.Object({
    booked: Nullable(Money),
    available: Nullable(Money),
    credit_limit: Type.Optional(Money),
    as_of: Nullable(Instant),
  }),
  demo: Type.Boolean(),
  proof: Type.Object({
    status: ProofStatus,
    /** The day of the last balance that the rows explain without a gap before it. */
    verified_to: Nullable(Day),
    /** Why it is unverified (docs/proof.md); else null. */
    reason: Type.Optional(Nullable(Type.String())),
  }),
  first_date: Nullable(Day),
  last_date: Nullable(Day),
  last_synced_at: Nullable(Instant),
  /** As a connection's `missed`, whichever bank could not tell. */
  missed: Type.Optional(Type.Array(DayRange)),
})
export type Account = Omit<Static<typeof Account>, 'kind'> & { kind: (typeof accountKinds)[number] }

export const DailyBalance = Type.Object({
  date: Day,
  booked: Money,
  source: Type.Union([Type.Literal('bank'), Type.Literal('derived')]),
})
export type DailyBalance = Static<typeof DailyBalance>

export const suspectKinds = ['missing', 'doubled', 'changed', 'withdrawn', 'booked_late'] as const
/** What may have gone wrong in a gap. */
export const ProofSuspect = Type.Object({
  kind: Type.Union(suspectKinds.map((kind) => Type.Literal(kind))),
  /** Of the missing, doubled, withdrawn or late row; of a changed one, what it should be more. */
  amount: Money,
  /** Doubled: both. Changed: the row, then the one that stands for it now, if there is one. Missing: once pending, if it was. */
  transaction_ids: Type.Array(Opaque),
  /** The held row that fits (GET /held). */
  held_id: Nullable(Opaque),
  /** Of a changed row: what it should be. */
  expected: Nullable(Money),
  /** Stable code of the evidence (docs/proof.md). */
  because: Type.String(),
})
export type ProofSuspect = Omit<Static<typeof ProofSuspect>, 'kind'> & { kind: (typeof suspectKinds)[number] }

export const proofBalances = ['interim', 'closing', 'expected', 'available', 'information'] as const
/** Between two statements of one balance: opening + movements + difference = closing. */
export const ProofInterval = Type.Object({
  balance: Type.Union(proofBalances.map((kind) => Type.Literal(kind))),
  /** The bank's moments of the two statements; of closing balances the ends of their days. */
  from: Instant,
  to: Instant,
  /** The statements' days, in the account's zone: it speaks of the days after the first up to the second. */
  from_date: Day,
  to_date: Day,
  opening: Money,
  /** Sum of the booked rows between. */
  movements: Money,
  rows: Type.Integer(),
  closing: Money,
  difference: Money,
  /** Of the difference, what rows that were booked late do not explain either. */
  unexplained: Money,
  status: ProofStatus,
  /** booked_late, narrowed, balance_ahead, pending_included (docs/proof.md); else null. */
  reason: Nullable(Type.String()),
  /** Of a gap, the likeliest first; of the newest gaps only. */
  suspects: Type.Array(ProofSuspect),
})
export type ProofInterval = Omit<Static<typeof ProofInterval>, 'balance' | 'suspects'> & {
  balance: (typeof proofBalances)[number]
  suspects: ProofSuspect[]
}
export const ProofAnswer = Type.Object({ items: Type.Array(ProofInterval), as_of: AsOf })
export type ProofAnswer = { items: ProofInterval[]; as_of: AsOf }

export const Transaction = Type.Object({
  id: Opaque,
  account_id: Opaque,
  date: Day,
  value_date: Nullable(Day),
  amount: Money,
  description: Type.String(),
  counterparty: Nullable(Type.String()),
  category: Type.String(),
  status: Type.Union([Type.Literal('booked'), Type.Literal('pending')]),
  /** The account's booked balance after this row, in the order of the list; where the bank ever stated a balance. */
  running_balance: Type.Optional(Money),
  /** The series of payments that it is one of: GET /analytics/recurring. */
  recurring_id: Type.Optional(Type.String()),
  transfer_id: Type.Optional(Type.String()),
})
export type Transaction = Omit<Static<typeof Transaction>, 'status'> & { status: 'booked' | 'pending' }

/** One row of a bank's answer, or of a file, that says something of a payment: as it came, and as it was read. */
export const Observation = Type.Object({
  id: Opaque,
  /** A provider instance, or `file-<format>`. */
  source: Type.String(),
  section: Type.String(),
  /** Null for a statement file. */
  connection_id: Nullable(Opaque),
  /** The sync's, the import's, or that of the user's word that brought it. */
  sync_id: Opaque,
  fetched_at: Instant,
  /** The provider's clock at that moment. */
  bank_now: Instant,
  raw: Type.Object({ key: Type.String(), sha256: Type.String(), row_index: Type.Integer() }),
  /** The row as it was sent; null where its key was destroyed by an erasure. */
  payload: Type.Unknown(),
  read: Type.Object({
    date: Day,
    value_date: Nullable(Day),
    amount: Money,
    description: Type.String(),
    counterparty: Nullable(Type.String()),
    flags: Type.Array(Type.String()),
    normaliser_version: Type.Integer(),
  }),
  /** Whether the payment's present state is taken from it. */
  current: Type.Boolean(),
})
export type Observation = Static<typeof Observation>

/** One step in the life of a payment: what was decided, by which rule, on which observation. */
export const IdentityStep = Type.Object({
  decision_seq: Type.Integer(),
  decided_at: Instant,
  transaction_id: Opaque,
  /** `new`, `changed`, `booked_from_pending`, `vanished`, `merged` … */
  kind: Type.String(),
  rule: Type.String(),
  rule_version: Type.Integer(),
  by: Type.Union([Type.Literal('rules'), Type.Literal('user')]),
  /** The rule in words. */
  why: Type.String(),
  status: Type.String(),
  missing_upstream: Type.Boolean(),
  observation_id: Opaque,
  /** Set where it is about the view of another source than the one the payment's state is taken from. */
  source: Nullable(Type.String()),
  /** Of the message in the log that says so. */
  log_position: Type.String(),
})
export type IdentityStep = Static<typeof IdentityStep>

/** Why a payment has its category. `rule` is null where none matched, and for transfers. */
export const CategoryReason = Type.Object({
  category: Type.String(),
  rule: Nullable(Type.Object({ priority: Type.Integer(), field: Type.String(), pattern: Type.String() })),
  why: Type.String(),
})
export type CategoryReason = Static<typeof CategoryReason>

/** A payment down to the bank's own bytes. */
export const Explanation = Type.Object({
  /** Its id now: where it was merged into another, that one's. */
  transaction_id: Opaque,
  account_id: Opaque,
  /** As the marts have it; null where it is gone from every answer. */
  transaction: Nullable(Transaction),
  /** Newest first. */
  observations: Type.Array(Observation),
  /** Oldest first. */
  decisions: Type.Array(IdentityStep),
  category: Nullable(CategoryReason),
  as_of: AsOf,
})
export type Explanation = Omit<Static<typeof Explanation>, 'transaction'> & { transaction: Transaction | null }

export const Totals = Type.Object({
  count: Type.Integer(),
  by_currency: Type.Array(Type.Object({ currency: Type.String(), in: Money, out: Money, net: Money })),
})
export type Totals = Static<typeof Totals>

export const TransactionPage = Type.Object({
  items: Type.Array(Transaction),
  next_cursor: Type.Optional(Type.String()),
  totals: Type.Optional(Totals),
  as_of: AsOf,
})
export type TransactionPage = Omit<Static<typeof TransactionPage>, 'items'> & { items: Transaction[] }

export const SpendingRow = Type.Object({
  period: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  merchant: Type.Optional(Nullable(Type.String())),
  account_id: Type.Optional(Opaque),
  currency: Type.String(),
  /** Spent, as a positive figure; refunds are taken off. */
  amount: Money,
  count: Type.Integer(),
})
export type SpendingRow = Static<typeof SpendingRow>

export const CashFlowRow = Type.Object({
  period: Type.String(),
  currency: Type.String(),
  in: Money,
  out: Money,
  net: Money,
})
export type CashFlowRow = Static<typeof CashFlowRow>

export const TransactionMonths = Type.Object({
  items: Type.Array(Type.Object({ month: Type.String(), count: Type.Integer() })),
  next_cursor: Type.Optional(Type.String()),
  as_of: AsOf,
})
export type TransactionMonths = Static<typeof TransactionMonths>

/** With `convert_to`: currencies that stayed as they are, since no dated rate leads from them. */
const Unconverted = Type.Optional(Type.Array(Type.String()))

export const NetWorthRow = Type.Object({
  period: Type.String(),
  currency: Type.String(),
  assets: Money,
  /** As every debit, negative: assets + liabilities = net. */
  liabilities: Money,
  net: Money,
})
export type NetWorthRow = Static<typeof NetWorthRow>

export const NetWorthAnswer = Type.Object({
  items: Type.Array(NetWorthRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  /** Not in it: no bank ever stated their balance, so nobody knows what they hold. */
  accounts_without_balance: Type.Array(Opaque),
  as_of: AsOf,
})
export type NetWorthAnswer = Static<typeof NetWorthAnswer>

export const recurringIntervals = [
  'weekly',
  'fortnightly',
  'four_weekly',
  'monthly',
  'quarterly',
  'half_yearly',
  'yearly',
] as const
export const recurringStatuses = ['active', 'late', 'ended'] as const

export const Recurring = Type.Object({
  id: Opaque,
  account_id: Opaque,
  counterparty: Type.String(),
  interval: Type.String(),
  /** The last payment's; debit negative. */
  amount: Money,
  /** Least and greatest that was paid. */
  amount_from: Money,
  amount_to: Money,
  /** Standard deviation of the amounts in parts of their mean. */
  variance: Type.Number(),
  count: Type.Integer(),
  first_date: Day,
  last_date: Day,
  next_date: Day,
  /** `late`: expected and not there; `ended`: away for longer than ever. As of the account's last known day. */
  status: Type.String(),
  price_changes: Type.Array(Type.Object({ date: Day, from: Money, to: Money })),
})
export type Recurring = Omit<Static<typeof Recurring>, 'interval' | 'status'> & {
  interval: (typeof recurringIntervals)[number]
  status: (typeof recurringStatuses)[number]
}

export const RecurringAnswer = Type.Object({
  items: Type.Array(Recurring),
  next_cursor: Type.Optional(Type.String()),
  as_of: AsOf,
})
export type RecurringAnswer = Omit<Static<typeof RecurringAnswer>, 'items'> & { items: Recurring[] }

export const SpendingAnswer = Type.Object({
  items: Type.Array(SpendingRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  as_of: AsOf,
})
export type SpendingAnswer = Static<typeof SpendingAnswer>
export const CashFlowAnswer = Type.Object({
  items: Type.Array(CashFlowRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  as_of: AsOf,
})
export type CashFlowAnswer = Static<typeof CashFlowAnswer>

/** A table of the space's marts, as SQL names it. */
export const Dataset = Type.Object({
  name: Type.String(),
  /** What one row is. */
  grain: Nullable(Type.String()),
  description: Type.String(),
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), description: Type.String() })),
  /** Null of a view, whose rows would have to be computed. */
  rows: Nullable(Type.Integer()),
})
export type Dataset = Static<typeof Dataset>
export const DatasetsAnswer = Type.Object({ items: Type.Array(Dataset), as_of: AsOf })
export type DatasetsAnswer = Static<typeof DatasetsAnswer>

/** Rows of the owner's own SELECT. DECIMAL and integers of 64 bits and more are strings, as JSON's numbers lose digits. */
export const QueryAnswer = Type.Object({
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  rows: Type.Array(Type.Array(Type.Unknown())),
  /** There is more than a page may hold. */
  truncated: Type.Boolean(),
  as_of: AsOf,
  elapsed_ms: Type.Integer(),
})
export type QueryAnswer = Static<typeof QueryAnswer>

export const SavedQuery = Type.Object({
  id: Opaque,
  name: Type.String(),
  sql: Type.String(),
  saved_at: Instant,
})
export type SavedQuery = Static<typeof SavedQuery>

export const rebuildStatuses = ['building', 'compared', 'switched', 'discarded', 'failed'] as const
export type RebuildStatus = (typeof rebuildStatuses)[number]
const TableDigest = Type.Object({ rows: Type.Integer(), digest: Type.String() })

/** New marts, built from the lake beside the ones that answer, and how the two compare. */
export const Rebuild = Type.Object({
  id: Opaque,
  /** `compared`: something differs, and it waits for `switch` or `discard`. */
  status: Type.Union(rebuildStatuses.map((s) => Type.Literal(s))),
  progress: Type.Object({ files: Type.Integer(), files_loaded: Type.Integer(), rows_loaded: Type.Integer() }),
  comparison: Nullable(
    Type.Object({
      same: Type.Boolean(),
      log_position: Type.String(),
      tables: Type.Array(
        Type.Object({ name: Type.String(), before: TableDigest, after: TableDigest, same: Type.Boolean() }),
      ),
      /** Of booked rows. */
      sums: Type.Array(Type.Object({ currency: Type.String(), before: Nullable(Money), after: Nullable(Money) })),
      /** Days by what the proof of balances says of them. */
      proof: Type.Array(Type.Object({ status: Type.String(), before: Type.Integer(), after: Type.Integer() })),
      /** Some of the transactions that differ. */
      transactions: Type.Array(Opaque),
    }),
  ),
  started_at: Instant,
  finished_at: Nullable(Instant),
  /** Until then the marts of before are kept aside. */
  old_kept_until: Nullable(Instant),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Rebuild = Omit<Static<typeof Rebuild>, 'status'> & { status: RebuildStatus }

export const MartStatus = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      /** Tells apart what the marts are made by: models, seeds and loading. */
      version: Type.String(),
      log_position: Type.String(),
      /** Null of a view, whose rows would have to be computed. */
      rows: Nullable(Type.Integer()),
      built_at: Nullable(Instant),
    }),
  ),
  as_of: AsOf,
})
export type MartStatus = Static<typeof MartStatus>

/** A row of a bank's answer or of a file that waits for the user. */
export const HeldItem = Type.Object({
  id: Opaque,
  account_id: Opaque,
  /** A provider instance, or `file-<format>`. */
  source: Type.String(),
  section: Type.String(),
  /** Stable: `amount_ambiguous`, `amount_precision`, `amount_unparsable`, `currency_invalid`, `no_date`, `row_unreadable`, `sources_differ` … */
  reason: Type.String(),
  /** The reason in words, and what can be done. */
  detail: Type.String(),
  first_seen: Instant,
  /** The row as it was sent. */
  payload: Type.Unknown(),
  /** What could be read of it. */
  read: Type.Object({
    date: Nullable(Day),
    amount: Nullable(Money),
    description: Nullable(Type.String()),
  }),
  /** What may be said of it. */
  verdicts: Type.Array(Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')])),
  /** `same`: payments that it may be. */
  candidates: Type.Array(Opaque),
  decision: Nullable(
    Type.Object({
      verdict: Type.String(),
      transaction_id: Nullable(Opaque),
      decided_at: Instant,
    }),
  ),
})
export type HeldItem = Static<typeof HeldItem>

export const IdentityDecision = Type.Object({
  id: Opaque,
  account_id: Opaque,
  verdict: Type.Union([Type.Literal('same'), Type.Literal('different')]),
  transaction_ids: Type.Array(Opaque),
  /** `same`: the id that goes on. */
  transaction_id: Opaque,
  decided_at: Instant,
  taken_back_at: Nullable(Instant),
})
export type IdentityDecision = Static<typeof IdentityDecision>

export const statementFormats = ['csv', 'ofx', 'qif', 'camt053', 'mt940'] as const

/** How the columns of a CSV are to be read; columns by header, or by number from 0 where there is none. */
export const CsvMapping = Type.Object(
  {
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    skip_rows: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    header: Type.Optional(Type.Boolean()),
    /** Such as `dd/MM/yyyy`. */
    date_format: Type.Optional(Type.String({ maxLength: 32 })),
    decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
    /** Money out stands without a minus, money in with one. */
    invert: Type.Optional(Type.Boolean()),
    columns: Type.Record(
      Type.String({ maxLength: 32 }),
      Type.Union([Type.String({ maxLength: 256 }), Type.Array(Type.String({ maxLength: 256 }), { maxItems: 8 })]),
    ),
  },
  { additionalProperties: false },
)
export type CsvMapping = Static<typeof CsvMapping>

/** One statement file, imported or tried: "412 matched, 0 doubled, 3 only in the file". */
export const Import = Type.Object({
  id: Opaque,
  status: Type.Union([
    Type.Literal('dry_run'),
    Type.Literal('importing'),
    Type.Literal('imported'),
    Type.Literal('taken_back'),
    /** A CSV whose columns are not clear: look at `columns` and send `mapping`. */
    Type.Literal('mapping_needed'),
  ]),
  file_name: Type.String(),
  format: Type.String(),
  preset: Nullable(Type.String()),
  account: Nullable(
    Type.Object({
      id: Nullable(Opaque),
      name: Type.String(),
      /** `known`: recognised by its identifiers or named; `new`: it would be, or was, opened. */
      recognised: Type.Union([Type.Literal('known'), Type.Literal('new')]),
    }),
  ),
  window: Nullable(Type.Object({ from: Day, to: Day })),
  observed: Type.Integer(),
  added: Type.Integer(),
  matched: Type.Integer(),
  held: Type.Integer(),
  doubled: Type.Integer(),
  /** Up to 20 of what would be added, and of what would be held. */
  preview: Type.Array(
    Type.Object({
      outcome: Type.Union([Type.Literal('added'), Type.Literal('matched'), Type.Literal('held')]),
      date: Nullable(Day),
      amount: Nullable(Money),
      description: Nullable(Type.String()),
      reason: Nullable(Type.String()),
    }),
  ),
  mapping: Nullable(CsvMapping),
  columns: Type.Array(Type.Object({ name: Type.String(), samples: Type.Array(Type.String()) })),
  problems: Type.Array(Type.Object({ line: Nullable(Type.Integer()), code: Type.String(), detail: Type.String() })),
  imported_at: Nullable(Instant),
})
export type Import = Static<typeof Import>

/** What newer rules would make of everything that was kept; nothing is changed by looking. */
export const RulesReport = Type.Object({
  normaliser_version: Type.Integer(),
  identity_version: Type.Integer(),
  accounts: Type.Array(
    Type.Object({
      account_id: Opaque,
      /** What its rows were read by last. */
      normaliser_version: Type.Integer(),
      identity_version: Type.Integer(),
      unchanged: Type.Integer(),
      added: Type.Integer(),
      changed: Type.Integer(),
      gone: Type.Integer(),
      held: Type.Integer(),
      /** Up to 20 of the differences. */
      differences: Type.Array(
        Type.Object({
          transaction_id: Nullable(Opaque),
          what: Type.String(),
          before: Nullable(Type.String()),
          after: Nullable(Type.String()),
        }),
      ),
    }),
  ),
})
export type RulesReport = Static<typeof RulesReport>

/** What asking the provider with these keys showed, in words. */
export const ProviderCheck = Type.Object({
  ok: Type.Boolean(),
  findings: Type.Array(Type.Object({ ok: Type.Boolean(), what: Type.String(), detail: Type.String() })),
})
export type ProviderCheck = Static<typeof ProviderCheck>

export const ProviderInstance = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  configured: Type.Boolean(),
  demo: Type.Boolean(),
})
export type ProviderInstance = Static<typeof ProviderInstance>

/** A read model as one process of its service sees it. */
export const OperatedProjection = Type.Object({
  service: Type.String(),
  name: Type.String(),
  /** Of the build that is read. */
  version: Type.Integer(),
  state: Type.Union([
    Type.Literal('active'),
    Type.Literal('standby'),
    Type.Literal('rebuilding'),
    Type.Literal('stopped'),
  ]),
  /** Why it is stopped. */
  reason: Nullable(Type.String()),
  /** Messages of its stream that it has not taken yet. */
  lag: Type.Integer(),
  /** Aggregates in quarantine. */
  parked: Type.Integer(),
  /** What is built beside the one that is read; `differs` waits for an operator's word. */
  rebuild: Nullable(
    Type.Object({
      version: Type.Integer(),
      build: Type.Integer(),
      state: Type.Union([Type.Literal('building'), Type.Literal('differs'), Type.Literal('accepted')]),
      rows_before: Nullable(Type.Integer()),
      rows_after: Nullable(Type.Integer()),
    }),
  ),
})
export type OperatedProjection = Static<typeof OperatedProjection>

/** What was set aside: an aggregate that a read model parked, or a message that a reaction gave up. Never what it says. */
export const Quarantined = Type.Object({
  id: Type.String(),
  service: Type.String(),
  kind: Type.Union([Type.Literal('projection'), Type.Literal('reaction')]),
  /** Of the projection or the reaction. */
  name: Type.String(),
  reason: Type.String(),
  since: Type.String(),
  messages: Type.Integer(),
  /** Its repetition was asked for and has not begun. */
  asked: Type.Boolean(),
})
export type Quarantined = Static<typeof Quarantined>

export const Operations = Type.Object({
  projections: Type.Array(OperatedProjection),
  quarantine: Type.Array(Quarantined),
  /** Services that did not answer: what is theirs is missing here. */
  unavailable: Type.Array(Type.String()),
})
export type Operations = Static<typeof Operations>

/** `healed`: all of it has been applied. `asked`: it will be repeated within seconds. */
export const Retried = Type.Object({
  id: Type.String(),
  outcome: Type.Union([Type.Literal('healed'), Type.Literal('still_parked'), Type.Literal('asked')]),
})
export type Retried = Static<typeof Retried>

/** What `GET /events` sends as `event: notice`: which topic to read again, waiting for the position. */
export const Notice = Type.Object({
  topic: Type.Union([
    Type.Literal('connections'),
    Type.Literal('syncs'),
    Type.Literal('marts'),
    Type.Literal('session'),
    Type.Literal('held'),
    Type.Literal('imports'),
    Type.Literal('rebuilds'),
    Type.Literal('queries'),
  ]),
  log_position: Type.String(),
  connection_id: Type.Optional(Opaque),
  account_id: Type.Optional(Opaque),
})
export type Notice = Static<typeof Notice>

export { Month }

/** What goes with an erased connection, and what another connection still feeds and stays. */
export const ConnectionErasure = Type.Object({
  id: Type.String(),
  erased_account_ids: Type.Array(Type.String()),
  kept_account_ids: Type.Array(Type.String()),
})
export type ConnectionErasure = Static<typeof ConnectionErasure>
