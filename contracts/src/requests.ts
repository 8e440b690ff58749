import { type Static, type TSchema, Type } from 'typebox'
import { ApiScope } from './api-token.ts'
import { ErasureScope } from './erasure.ts'
import { CurrencyCode, Instant, RawRef, Sha256, SpaceId, UserId } from './ids.ts'
import {
  CashFlowQuery,
  NetWorthQuery,
  RecurringQuery,
  SpendingQuery,
  SyncsQuery,
  TransactionFilter,
  TransactionMonthsFilter,
} from './rest/routes.ts'
import * as S from './rest/shapes.ts'

/** Whom a request on the bus is made for. The gateway makes it from a checked token; services take the space from here alone. */
export const Principal = Type.Object({
  userId: UserId,
  spaceId: SpaceId,
  sessionId: Type.String(),
  roles: Type.Array(Type.String()),
  /** Of a personal API token, and then all that it may; a session may what its roles allow. `sessionId` is the token's id. */
  scopes: Type.Optional(Type.Array(ApiScope)),
})
export type Principal = Static<typeof Principal>

/** One request on the bus: subject `svc.<service>.<operation>` (analytics: `svc.analytics.<shard>.<operation>`). */
export type Operation<I extends TSchema = TSchema, O = unknown> = {
  readonly service: 'connection' | 'extraction' | 'storage' | 'analytics' | 'auth'
  readonly operation: string
  readonly input: I
  /** Phantom: the answer's type. */
  readonly output?: O
  /** Answered without a principal (log-in itself). */
  readonly open?: boolean
  /** Of no space, hence of no shard: whichever replica hears it first answers. */
  readonly anyReplica?: boolean
}
export type InputOf<Op> = Op extends Operation<infer I, unknown> ? Static<I> : never
export type OutputOf<Op> = Op extends Operation<TSchema, infer O> ? O : never

const operation =
  <O>() =>
  <I extends TSchema, const Open extends boolean = false>(
    service: Operation['service'],
    name: string,
    input: I,
    open: Open = false as Open,
  ): Operation<I, O> & { readonly open: Open } => ({ service, operation: name, input, open })

const Empty = Type.Object({})
const ById = Type.Object({ id: Type.String() })
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Sql = Type.String({ minLength: 1, maxLength: 20_000 })
/** Made of the caller's Idempotency-Key (scoped by user and route), or fresh: one key, one effect. */
const CommandId = Type.String({ minLength: 1, maxLength: 128 })

/** Of an If-Match (`*`: whichever), or empty of `If-None-Match: *`; absent where the caller does not mind what is there. */
const Revisions = Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 20 }))

/** From where somebody speaks, as the gateway sees it. Never in an event or a log. */
const From = {
  address: Type.String(),
  userAgent: Type.Optional(Type.String({ maxLength: 400 })),
  /** What a device holds on which somebody signed in before. */
  device: Type.Optional(Type.String({ maxLength: 128 })),
}

/** What a log-in gives beside the access token, into cookies that no script reads. `device`: for it to hold from now on. */
type Session = { refresh_token: string; refresh_expires_in: number; device?: string }

/** Every service answers them for itself, to operators alone. */
const operated = (service: Operation['service']) => ({
  operations: { ...operation<OperationsView>()(service, 'operations', Empty), anyReplica: true },
  /** Throws quarantined_not_found where it is another service's. */
  retryQuarantined: { ...operation<S.Retried>()(service, 'retry_quarantined', ById), anyReplica: true },
})

/** An answer to a command: `behind` is the log position to wait for where the read models took over 2 s. */
export type Done<T> = T & { behind?: string }

/** What connection alone knows of a connection; the gateway adds syncs and quota. */
export type ConnectionView = Omit<
  S.Connection,
  'last_sync' | 'next_sync_at' | 'quota' | 'stale_since' | 'sync_held' | 'missed'
>
/** What one service says of its own read models and reactions. */
export type OperationsView = Pick<S.Operations, 'projections' | 'quarantine' | 'erasures'> &
  Partial<Pick<S.Operations, 'last_drill'>>
export type LinkView = {
  id: string
  status: string
  link: string
  attempt: string
  history_days: number
}
/** What connection knows of an account; names, kinds and balances come from the marts. `name`: the user's own, if any. */
export type AccountView = {
  id: string
  /** Null where only statement files told of it. */
  connection_id: string | null
  provider_account_id: string
  name: string | null
  /** The user's own word, if any. */
  kind: S.Account['kind'] | null
  currency: string
  institution: S.Connection['institution']
  demo: boolean
}
export type CompletionView = {
  /** `sign_in`: another device; its owner has to sign in and confirm. `unknown`: no such reference. */
  outcome: 'linked' | 'pending' | 'cancelled' | 'failed' | 'no_accounts' | 'sign_in' | 'not_yours' | 'unknown'
  connection_id: string | null
  error: string | null
}
/** What extraction knows of a connection's accounts. */
export type FeedView = {
  account_id: string
  connection_id: string
  last_sync: S.Connection['last_sync']
  last_synced_at: string | null
  /** The day of the account's zone on which the bank last brought its data up to date, where that is over two days ago. */
  stale_since: string | null
  /** Days that no source has told of, oldest first; `connection_id`: by which they could not be fetched. */
  missed: { connection_id: string; from: string; to: string }[]
  /** Why the account's transactions cannot be asked for now, and until when. */
  held: NonNullable<S.Connection['sync_held']> | null
  next_sync_at: string | null
  quota: S.QuotaLine[]
}
/** What the marts know of an account. */
export type MartAccount = Pick<
  S.Account,
  'id' | 'name' | 'kind' | 'currency' | 'iban_masked' | 'balances' | 'proof' | 'first_date' | 'last_date'
>

/** A file that the gateway has laid into the object store, sealed under the space's key: its plain bytes' hash and length. */
export const Upload = Type.Object({
  raw: RawRef,
  fileName: Type.String({ maxLength: 255 }),
})
export type Upload = Static<typeof Upload>

/** A file of a space in the object store: `<folder>/0`, `<folder>/1` …, each sealed under the space's key. Its own bytes and SHA-256. */
export type SealedFile = { folder: string; pieces: number; bytes: number; sha256: string }

/** What a statement file says of itself, before an account is chosen. */
export type StatementView = Pick<
  S.Import,
  'format' | 'preset' | 'window' | 'observed' | 'mapping' | 'columns' | 'problems'
> & {
  readable: boolean
  /** One per account that the file tells of. `identifiers` go to connection alone, for recognition. */
  accounts: { identifiers: Record<string, string>; currency: string | null; name: string | null; rows: number }[]
}
export type StatementAccountView = { account_id: string | null; name: string; recognised: 'known' | 'new' }

/** What storage knows of a payment: what was said of it, and what was decided. */
export type PaymentHistory = Pick<S.Explanation, 'transaction_id' | 'account_id' | 'observations' | 'decisions'>

/** What a service shares with its replicas goes: rows, objects, its stream. Repeated until nothing is found. */
const erasing = <const Service extends Operation['service']>(service: Service) => ({
  ...operation<{ erased: number }>()(service, 'erase', Type.Object({ erasureId: Type.String(), scope: ErasureScope })),
  service,
})

export const requests = {
  connection: {
    ...operated('connection'),
    providers: operation<{ items: S.ProviderInstance[] }>()('connection', 'providers', Empty),
    institutions: operation<{ items: S.Institution[] }>()(
      'connection',
      'institutions',
      Type.Object({ country: Type.String(), q: Type.Optional(Type.String()) }),
    ),
    request: operation<Done<LinkView>>()(
      'connection',
      'request',
      Type.Object({
        institutionId: Type.String(),
        provider: Type.Optional(Type.String()),
        friendlyName: Type.Optional(Name),
        commandId: CommandId,
        connectionId: Type.String(),
      }),
    ),
    renew: operation<Done<LinkView>>()('connection', 'renew', Type.Object({ id: Type.String(), commandId: CommandId })),
    /** The browser's return. `attempt`: the cookie's value; `userId`: of a valid token, where there is one. */
    complete: operation<Done<CompletionView>>()(
      'connection',
      'complete',
      Type.Object({
        reference: Type.Optional(Type.String()),
        id: Type.Optional(Type.String()),
        /** Of a provider whose return carries one (Enable Banking): single-use, short-lived. */
        code: Type.Optional(Type.String()),
        error: Type.Optional(Type.String()),
        attempt: Type.Optional(Type.String()),
        userId: Type.Optional(Type.String()),
      }),
      true,
    ),
    list: operation<{ items: ConnectionView[] }>()('connection', 'list', Empty),
    get: operation<ConnectionView>()('connection', 'get', ById),
    rename: operation<Done<ConnectionView>>()(
      'connection',
      'rename',
      Type.Object({ id: Type.String(), friendlyName: Name, commandId: CommandId }),
    ),
    /** `erasing`: which accounts go with it, and which another connection still feeds; only where `erase` was asked for. */
    remove: operation<Done<{ erasing?: { erased: string[]; kept: string[] } }>>()(
      'connection',
      'remove',
      Type.Object({ id: Type.String(), erase: Type.Boolean(), commandId: CommandId }),
    ),
    /**
     * All of the caller's banks are taken out and their consents ended at the providers, while there is a key to know them by.
     * `last`: what a provider refuses to do is left to run out. Throws provider_unavailable, provider_refused.
     */
    endConsents: operation<{ left: number }>()('connection', 'end_consents', Type.Object({ last: Type.Boolean() })),
    erase: erasing('connection'),
    accounts: operation<{ items: AccountView[] }>()(
      'connection',
      'accounts',
      Type.Object({ connectionId: Type.Optional(Type.String()) }),
    ),
    /**
     * The account of a statement file: the one named, or the one its identifiers are known by, or (unless `dryRun`) a new one.
     * `identifiers` may name the file's `currency` as well.
     * Throws account_needed, account_ambiguous, account_not_found, accounts_differ, currencies_differ.
     */
    statementAccount: operation<Done<StatementAccountView>>()(
      'connection',
      'statement_account',
      Type.Object({
        accountId: Type.Optional(Type.String()),
        identifiers: Type.Record(Type.String(), Type.String()),
        newAccount: Type.Optional(
          Type.Object({
            name: Name,
            currency: CurrencyCode,
            kind: Type.Optional(Type.String()),
            institution: Type.Optional(Type.String({ maxLength: 256 })),
          }),
        ),
        dryRun: Type.Boolean(),
        commandId: CommandId,
      }),
    ),
    putProviderKeys: operation<S.ProviderInstance>()(
      'connection',
      'put_provider_keys',
      Type.Object({ id: Type.String(), keys: Type.Record(Type.String(), Type.String()) }),
    ),
    checkProvider: operation<S.ProviderCheck>()('connection', 'check_provider', ById),
    changeAccount: operation<Done<AccountView>>()(
      'connection',
      'change_account',
      Type.Object({
        id: Type.String(),
        name: Type.Optional(Name),
        kind: Type.Optional(S.ChosenKind),
        commandId: CommandId,
      }),
    ),
  },
  extraction: {
    ...operated('extraction'),
    sync: operation<Done<S.SyncRun>>()(
      'extraction',
      'sync',
      Type.Object({
        connectionId: Type.String(),
        commandId: CommandId,
        /** Headers of the user who waits for it: some banks allow more calls while somebody is there. Never kept. */
        psu: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 1024 }))),
      }),
    ),
    syncs: operation<{ items: S.Sync[]; next_cursor?: string }>()('extraction', 'syncs', SyncsQuery),
    getSync: operation<S.Sync>()('extraction', 'get_sync', ById),
    feeds: operation<{ items: FeedView[] }>()(
      'extraction',
      'feeds',
      Type.Object({ connectionId: Type.Optional(Type.String()) }),
    ),
    erase: erasing('extraction'),
    advanceDemo: operation<Done<{ bank_now: string; runs: S.SyncRun[] }>>()(
      'extraction',
      'advance_demo',
      Type.Object({ days: Type.Integer(), commandId: CommandId }),
    ),
  },
  storage: {
    ...operated('storage'),
    readStatement: operation<StatementView>()(
      'storage',
      'read_statement',
      Type.Object({ upload: Upload, mapping: Type.Optional(S.CsvMapping) }),
    ),
    /** `accountId` absent: a dry run for an account that is not there yet. */
    importStatement: operation<Done<S.Import>>()(
      'storage',
      'import_statement',
      Type.Object({
        importId: Type.String(),
        upload: Upload,
        /** Which of the file's accounts. */
        part: Type.Integer({ minimum: 0 }),
        accountId: Type.Optional(Type.String()),
        accountName: Type.String(),
        /** Of rows whose file names none. */
        currency: Type.Optional(CurrencyCode),
        /** Of an account that nothing else describes: what the user said of it. */
        describe: Type.Optional(
          Type.Object({
            name: Name,
            currency: CurrencyCode,
            kind: Type.Optional(Type.String()),
            institution: Type.Optional(Type.String({ maxLength: 256 })),
          }),
        ),
        mapping: Type.Optional(S.CsvMapping),
        dryRun: Type.Boolean(),
        commandId: CommandId,
      }),
    ),
    imports: operation<{ items: S.Import[] }>()('storage', 'imports', Empty),
    takeBackImport: operation<Done<object>>()(
      'storage',
      'take_back_import',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    held: operation<{ items: S.HeldItem[]; next_cursor?: string }>()(
      'storage',
      'held',
      Type.Object({
        account_id: Type.Optional(Type.String()),
        decided: Type.Optional(Type.Boolean()),
        limit: Type.Optional(Type.Integer()),
        cursor: Type.Optional(Type.String()),
      }),
    ),
    decideHeld: operation<Done<S.HeldItem>>()(
      'storage',
      'decide_held',
      Type.Object({
        id: Type.String(),
        verdict: Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')]),
        date: Type.Optional(Type.String()),
        amount: Type.Optional(S.Money),
        transactionId: Type.Optional(Type.String()),
        commandId: CommandId,
      }),
    ),
    undecideHeld: operation<Done<object>>()(
      'storage',
      'undecide_held',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    identityDecisions: operation<{ items: S.IdentityDecision[] }>()('storage', 'identity_decisions', Empty),
    decideIdentity: operation<Done<S.IdentityDecision>>()(
      'storage',
      'decide_identity',
      Type.Object({
        decisionId: Type.String(),
        transactionIds: Type.Array(Type.String(), { minItems: 1, maxItems: 20 }),
        verdict: Type.Union([Type.Literal('same'), Type.Literal('different')]),
        commandId: CommandId,
      }),
    ),
    undecideIdentity: operation<Done<object>>()(
      'storage',
      'undecide_identity',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    /** `accountId`: where the marts say it is; without it all of the space's accounts are looked through. Throws transaction_not_found. */
    explain: operation<PaymentHistory>()(
      'storage',
      'explain',
      Type.Object({ id: Type.String(), accountId: Type.Optional(Type.String()) }),
    ),
    erase: erasing('storage'),
    rulesReport: operation<S.RulesReport>()('storage', 'rules_report', Empty),
    switchRules: operation<Done<S.RulesReport>>()('storage', 'switch_rules', Type.Object({ commandId: CommandId })),
  },
  analytics: {
    ...operated('analytics'),
    accounts: operation<{ items: MartAccount[]; as_of: S.AsOf }>()('analytics', 'accounts', Empty),
    balances: operation<{ items: S.DailyBalance[]; as_of: S.AsOf }>()(
      'analytics',
      'balances',
      Type.Object({ accountId: Type.String(), from: Type.Optional(Type.String()), to: Type.Optional(Type.String()) }),
    ),
    proof: operation<S.ProofAnswer>()(
      'analytics',
      'proof',
      Type.Object({ accountId: Type.String(), from: Type.Optional(Type.String()), to: Type.Optional(Type.String()) }),
    ),
    transactions: operation<S.TransactionPage>()('analytics', 'transactions', TransactionFilter),
    /** One payment as the marts have it, and why it has its category; nulls where it is in no answer. */
    transaction: operation<Pick<S.Explanation, 'transaction' | 'category' | 'as_of'>>()(
      'analytics',
      'transaction',
      ById,
    ),
    spending: operation<S.SpendingAnswer>()('analytics', 'spending', SpendingQuery),
    cashFlow: operation<S.CashFlowAnswer>()('analytics', 'cash_flow', CashFlowQuery),
    netWorth: operation<S.NetWorthAnswer>()('analytics', 'net_worth', NetWorthQuery),
    recurring: operation<S.RecurringAnswer>()('analytics', 'recurring', RecurringQuery),
    transactionMonths: operation<S.TransactionMonths>()('analytics', 'transaction_months', TransactionMonthsFilter),
    erase: erasing('analytics'),
    status: operation<S.MartStatus>()('analytics', 'status', Empty),
    rebuild: operation<S.Rebuild>()(
      'analytics',
      'rebuild',
      Type.Object({ rebuildId: Type.String(), commandId: CommandId }),
    ),
    rebuilds: operation<{ items: S.Rebuild[] }>()('analytics', 'rebuilds', Empty),
    getRebuild: operation<S.Rebuild>()('analytics', 'get_rebuild', ById),
    switchRebuild: operation<S.Rebuild>()(
      'analytics',
      'switch_rebuild',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    discardRebuild: operation<S.Rebuild>()(
      'analytics',
      'discard_rebuild',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    /** The list's rows as a file, in pieces of the object store that whoever asked deletes (`fetchPassed` of service-kit). */
    exportTransactions: operation<{ rows: number; pieces: RawRef[] }>()(
      'analytics',
      'export_transactions',
      Type.Object({
        exportId: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
        format: Type.Union([Type.Literal('csv'), Type.Literal('parquet')]),
        filter: TransactionMonthsFilter,
      }),
    ),
    /** `documents`: what the API answers of the space, by name, as JSON: an upload under the space's key. */
    requestExport: operation<S.DataExport>()(
      'analytics',
      'request_export',
      Type.Object({ exportId: Type.String(), documents: RawRef, commandId: CommandId }),
    ),
    dataExports: operation<{ items: S.DataExport[] }>()('analytics', 'data_exports', Empty),
    dataExport: operation<S.DataExport>()('analytics', 'data_export', ById),
    /** Where its sealed pieces lie (`sealedPieces` of service-kit). Throws export_not_found also where it is not ready. */
    exportFile: operation<SealedFile>()('analytics', 'export_file', ById),
    deleteExport: operation<object>()(
      'analytics',
      'delete_export',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
    datasets: operation<S.DatasetsAnswer>()('analytics', 'datasets', Empty),
    query: operation<S.QueryAnswer>()('analytics', 'query', Type.Object({ sql: Sql })),
    savedQueries: operation<{ items: S.SavedQuery[] }>()('analytics', 'saved_queries', Empty),
    saveQuery: operation<S.SavedQuery>()(
      'analytics',
      'save_query',
      Type.Object({ queryId: Type.String(), name: Name, sql: Sql, commandId: CommandId }),
    ),
    deleteQuery: operation<object>()(
      'analytics',
      'delete_query',
      Type.Object({ id: Type.String(), commandId: CommandId }),
    ),
  },
  auth: {
    ...operated('auth'),
    register: operation<Done<S.RegisteredUser>>()(
      'auth',
      'register',
      Type.Object({
        username: Type.String(),
        password: Type.String(),
        /** An invitation's code, or the first operator's. */
        invite: Type.Optional(Type.String()),
        ...From,
        commandId: Type.Optional(CommandId),
      }),
      true,
    ),
    login: operation<S.AccessToken & Session>()(
      'auth',
      'login',
      Type.Object({ username: Type.String(), password: Type.String(), ...From }),
      true,
    ),
    refresh: operation<S.AccessToken & Session>()(
      'auth',
      'refresh',
      Type.Object({ refreshToken: Type.String(), ...From }),
      true,
    ),
    /** `session`: of a checked access token, where there is one. */
    logout: operation<{ ok: true }>()(
      'auth',
      'logout',
      Type.Object({
        refreshToken: Type.Optional(Type.String()),
        session: Type.Optional(Type.Object({ sessionId: Type.String(), userId: UserId })),
        ...From,
      }),
      true,
    ),
    me: operation<S.User>()('auth', 'me', Empty),
    /** Throws bad_credentials, too_many_attempts. */
    requestErasure: operation<object>()('auth', 'request_erasure', Type.Object({ password: Type.String() })),
    preferences: operation<{ items: S.Preference[] }>()('auth', 'preferences', Empty),
    preference: operation<S.Preference>()('auth', 'preference', Type.Object({ key: Type.String() })),
    /** `over`: the revisions of which one has to stand there; empty: none may. Throws precondition_failed, preferences_full, payload_too_large. */
    putPreference: operation<S.Preference>()(
      'auth',
      'put_preference',
      Type.Object({ key: Type.String(), value: Type.Unknown(), over: Revisions }),
    ),
    deletePreference: operation<object>()(
      'auth',
      'delete_preference',
      Type.Object({ key: Type.String(), over: Revisions }),
    ),
    erase: erasing('auth'),
    sessions: operation<{ items: S.Session[] }>()('auth', 'sessions', Empty),
    /** Throws session_not_found. */
    revokeSession: operation<object>()('auth', 'revoke_session', Type.Object({ id: Type.String(), ...From })),
    /** Throws bad_credentials, too_many_attempts, invalid_input. */
    changePassword: operation<object>()(
      'auth',
      'change_password',
      Type.Object({ current: Type.String(), fresh: Type.String(), commandId: CommandId, ...From }),
    ),
    audit: operation<{ items: S.SecurityEvent[]; next_cursor?: string }>()(
      'auth',
      'audit',
      Type.Object({
        all: Type.Optional(Type.Boolean()),
        limit: Type.Optional(Type.Integer()),
        cursor: Type.Optional(Type.String()),
      }),
    ),
    /** Whose access tokens are good, and by which public keys. */
    keys: operation<{ issuers: TokenIssuer[] }>()('auth', 'keys', Empty, true),
    /** Throws operator_only. */
    rotateSigningKeys: operation<S.RotatedSigningKeys>()('auth', 'rotate_signing_keys', Empty),
    /** Of connection's: an operator has put other keys of a provider. Throws operator_only. */
    noteProviderKeys: operation<object>()('auth', 'note_provider_keys', Type.Object({ ...From })),
    config: operation<Omit<S.AuthConfig, 'demo'>>()('auth', 'config', Empty, true),
    mfa: operation<S.Mfa>()('auth', 'mfa', Empty),
    /** Throws bad_credentials, mfa_on, mfa_elsewhere. */
    startTotp: operation<S.StartedTotp>()('auth', 'start_totp', Type.Object({ password: Type.String() })),
    /** Throws mfa_off, mfa_on, mfa_refused, too_many_attempts. */
    confirmTotp: operation<S.RecoveryCodes>()('auth', 'confirm_totp', Type.Object({ code: Type.String() })),
    /** Throws bad_credentials, mfa_off, mfa_refused, too_many_attempts. */
    disableTotp: operation<object>()(
      'auth',
      'disable_totp',
      Type.Object({ password: Type.String(), code: Type.String() }),
    ),
    /** Throws bad_credentials, mfa_off. */
    renewRecoveryCodes: operation<S.RecoveryCodes>()(
      'auth',
      'renew_recovery_codes',
      Type.Object({ password: Type.String() }),
    ),
    /** The second step of a log-in. Throws mfa_token_invalid, mfa_refused, passkey_refused, bad_credentials, too_many_attempts. */
    loginMfa: operation<S.AccessToken & Session>()(
      'auth',
      'login_mfa',
      Type.Object({
        mfaToken: Type.String(),
        code: Type.Optional(Type.String()),
        recoveryCode: Type.Optional(Type.String()),
        passkey: Type.Optional(S.PasskeyAssertion),
        ...From,
      }),
      true,
    ),
    passkeys: operation<{ items: S.Passkey[] }>()('auth', 'passkeys', Empty),
    /** Throws passkeys_off, bad_credentials, too_many_attempts, passkeys_full. */
    beginPasskey: operation<S.PasskeyCreation>()('auth', 'begin_passkey', Type.Object({ password: Type.String() })),
    /** Throws passkeys_off, passkey_invalid, passkeys_full. */
    registerPasskey: operation<S.Passkey>()(
      'auth',
      'register_passkey',
      Type.Object({ name: Name, credential: S.PasskeyAttestation }),
    ),
    /** Throws passkey_not_found. */
    renamePasskey: operation<S.Passkey>()('auth', 'rename_passkey', Type.Object({ id: Type.String(), name: Name })),
    /** Throws bad_credentials, too_many_attempts, passkey_not_found. */
    removePasskey: operation<object>()(
      'auth',
      'remove_passkey',
      Type.Object({ id: Type.String(), password: Type.String() }),
    ),
    /** Throws passkeys_off, too_many_attempts. */
    beginPasskeyLogin: operation<S.PasskeyRequest>()('auth', 'begin_passkey_login', Type.Object({ ...From }), true),
    /** Throws passkeys_off, passkey_refused. */
    loginPasskey: operation<S.AccessToken & Session>()(
      'auth',
      'login_passkey',
      Type.Object({ credential: S.PasskeyAssertion, ...From }),
      true,
    ),
    issueApiToken: operation<S.IssuedApiToken>()(
      'auth',
      'issue_api_token',
      Type.Object({
        name: Name,
        scopes: Type.Array(ApiScope),
        expiresAt: Type.Optional(Instant),
      }),
    ),
    /** Throws operator_only, invites_full. */
    issueInvite: operation<S.IssuedInvite>()(
      'auth',
      'issue_invite',
      Type.Object({ expiresInDays: Type.Optional(Type.Integer({ minimum: 1 })) }),
    ),
    /** Throws operator_only. */
    invites: operation<{ items: S.Invite[] }>()('auth', 'invites', Empty),
    /** Throws operator_only, invite_not_found. */
    revokeInvite: operation<object>()('auth', 'revoke_invite', ById),
    apiTokens: operation<{ items: S.ApiToken[] }>()('auth', 'api_tokens', Empty),
    /** Throws api_token_not_found. */
    revokeApiToken: operation<object>()('auth', 'revoke_api_token', ById),
    /** Whose the token with this SHA-256 is; null where nobody's any more, or never. Notes that it was used. */
    apiTokenHolder: operation<{ holder: ApiTokenHolder | null }>()(
      'auth',
      'api_token_holder',
      Type.Object({ hash: Sha256 }),
      true,
    ),
    /** Whose a checked access token is that does not say so itself. Throws unauthenticated. */
    principal: operation<Principal>()(
      'auth',
      'principal',
      Type.Object({
        issuer: Type.String(),
        subject: Type.String(),
        sid: Type.String(),
        roles: Type.Array(Type.String()),
        ...From,
      }),
      true,
    ),
    /** What another identity provider says of a log-out. Throws logout_token_invalid, not_found. */
    loggedOutElsewhere: operation<object>()(
      'auth',
      'logged_out_elsewhere',
      Type.Object({ logoutToken: Type.String() }),
      true,
    ),
    /** Ids of sessions and API tokens ended, and of spaces erased, in the last 15 min; a token of one is refused. */
    endedSessions: operation<{ sessionIds: string[]; spaceIds: string[] }>()('auth', 'ended_sessions', Empty, true),
  },
} as const

/** `expiresAt`: RFC 3339; null where it has no end. */
export type ApiTokenHolder = { principal: Principal & { scopes: ApiScope[] }; expiresAt: string | null }

/**
 * `type`: what the header's `typ` has to say, where the issuer sets it. `asked`: its tokens do not say whose they are among
 * us; `auth.principal` does. `keys`: JWKs.
 */
export type TokenIssuer = {
  issuer: string
  audience: string
  algorithms: string[]
  type?: string
  asked?: true
  keys: object[]
}

/** Our own access tokens: ES256; what stands in them beside `sub`, `iss`, `aud`, `exp`, `iat`, `jti`. */
export type AccessClaims = { sub: string; sid: string; space: string; roles: string[] }
export const tokenIssuer = 'personal-finances'
export const tokenAudience = 'personal-finances-api'
