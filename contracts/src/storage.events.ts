import { type Static, Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import { CountsSchema, SyncRequested } from './extraction.events.ts'
import {
  AccountId,
  ConnectionId,
  CurrencyCode,
  Day,
  DecisionId,
  HeldId,
  ImportId,
  Instant,
  RawRef,
  RunId,
  Sha256,
  Source,
  SyncId,
  TransactionId,
  UserId,
} from './ids.ts'

const Dataset = Type.Union([
  Type.Literal('observations'),
  Type.Literal('decisions'),
  Type.Literal('balances'),
  Type.Literal('accounts'),
  Type.Literal('held'),
])

/** One Parquet file of the lake. The manifest of a dataset is the set of these over all events. */
const LakeFile = Type.Object({
  dataset: Dataset,
  schemaVersion: Type.Integer({ minimum: 1 }),
  key: Type.String({ minLength: 1, maxLength: 512 }),
  sha256: Sha256,
  rows: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
})
export type LakeFile = Static<typeof LakeFile>

/** As LakeFile, of any dataset that there is by now: the released events know those of their day. */
const LedgerFile = Type.Object({
  ...LakeFile.properties,
  dataset: Type.Union([...Dataset.anyOf, Type.Literal('links')]),
})
export type LedgerFile = Static<typeof LedgerFile>
export type Dataset = LakeFile['dataset']
export type LedgerDataset = LedgerFile['dataset']

/** As LedgerFile, of the datasets that came after it. */
const ManifestFile = Type.Object({
  ...LakeFile.properties,
  dataset: Type.Union([...LedgerFile.properties.dataset.anyOf, Type.Literal('syncs')]),
})
export type ManifestFile = Static<typeof ManifestFile>
export type ManifestDataset = ManifestFile['dataset']

/**
 * A response became rows of the lake. `held` and `unchanged` rows are counted too:
 * observed = added + updated + unchanged + held (+ rows outside the asked window, which are not counted).
 */
export const TransactionsStored = event('TransactionsStored', 1, {
  syncId: SyncId,
  runId: RunId,
  connectionId: ConnectionId,
  accountId: AccountId,
  window: Type.Object({ from: Day, to: Day }),
  files: Type.Array(LakeFile, { maxItems: 64 }),
  counts: CountsSchema,
  /** Stored rows inside the window that the bank no longer shows: flagged, never deleted. */
  vanished: Type.Integer({ minimum: 0 }),
  normaliserVersion: Type.Integer({ minimum: 1 }),
  identityVersion: Type.Integer({ minimum: 1 }),
  /** Number of decisions of this account so far; the next decision is numbered from here. */
  decisionSeq: Type.Integer({ minimum: 0 }),
  storedAt: Instant,
})

export const BalancesStored = event('BalancesStored', 1, {
  syncId: SyncId,
  accountId: AccountId,
  files: Type.Array(LakeFile, { maxItems: 8 }),
  storedAt: Instant,
})

/** What the bank says of the account itself (name, kind, masked number) is in the lake. */
export const AccountDescribed = event('AccountDescribed', 1, {
  accountId: AccountId,
  connectionId: ConnectionId,
  files: Type.Array(LakeFile, { minItems: 1, maxItems: 8 }),
  describedAt: Instant,
})

/** Files of decisions, and the number of the account's last decision after them. */
const decided = { files: Type.Array(LedgerFile, { maxItems: 64 }), decisionSeq: Type.Integer({ minimum: 0 }) }
const byUser = { decidedBy: UserId, decidedAt: Instant }

/**
 * Beside TransactionsStored and StatementImported: whose words they were. Sources of one account are compared in the days that
 * both cover.
 */
export const SourceObserved = event('SourceObserved', 1, {
  accountId: AccountId,
  /** The sync's, or the import's. */
  syncId: SyncId,
  source: Source,
  window: Type.Object({ from: Day, to: Day }),
  /** Rows that say a payment again which another source told first. */
  linked: Type.Integer({ minimum: 0 }),
  /** Of dataset `links`. */
  files: Type.Array(LedgerFile, { maxItems: 8 }),
})

/** A statement file became rows of the lake. observed = added + matched + held + unchanged. */
export const StatementImported = event('StatementImported', 1, {
  importId: ImportId,
  accountId: AccountId,
  source: Source,
  /** The user's name of the file. */
  fileName: Type.String({ maxLength: 255 }),
  preset: Type.Optional(Type.String({ maxLength: 64 })),
  /** How the columns were read, as JSON; so that the file can be read again the same way. */
  mapping: Type.Optional(Type.String({ maxLength: 8192 })),
  raw: RawRef,
  window: Type.Object({ from: Day, to: Day }),
  counts: Type.Object({
    observed: Type.Integer({ minimum: 0 }),
    /** New payments: only in the file. */
    added: Type.Integer({ minimum: 0 }),
    /** Payments that another source, or an earlier file, told already. */
    matched: Type.Integer({ minimum: 0 }),
    held: Type.Integer({ minimum: 0 }),
  }),
  normaliserVersion: Type.Integer({ minimum: 1 }),
  identityVersion: Type.Integer({ minimum: 1 }),
  ...decided,
  importedBy: UserId,
  importedAt: Instant,
})

/** Payments that only this file told are gone from every answer; the file itself is kept. */
export const ImportTakenBack = event('ImportTakenBack', 1, {
  importId: ImportId,
  accountId: AccountId,
  gone: Type.Integer({ minimum: 0 }),
  ...decided,
  ...byUser,
})

const Verdict = Type.Union([Type.Literal('same'), Type.Literal('different')])
export type IdentityVerdict = Static<typeof Verdict>

/** The user's word on what is one payment. `same`: all are the first from now on, whose id the others redirect to. */
export const IdentityDecided = event('IdentityDecided', 1, {
  decisionId: DecisionId,
  accountId: AccountId,
  verdict: Verdict,
  transactionIds: Type.Array(TransactionId, { minItems: 1, maxItems: 20 }),
  ...decided,
  ...byUser,
})

export const IdentityDecisionTakenBack = event('IdentityDecisionTakenBack', 1, {
  decisionId: DecisionId,
  accountId: AccountId,
  ...decided,
  ...byUser,
})

const HeldVerdict = Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')])
export type HeldVerdict = Static<typeof HeldVerdict>

/** What the user said of a row that nobody could read, or that two sources do not agree on. */
export const HeldDecided = event('HeldDecided', 1, {
  heldId: HeldId,
  accountId: AccountId,
  verdict: HeldVerdict,
  /** `accept`: what the user put in place of what could not be read. */
  correction: Type.Optional(
    Type.Object({
      date: Type.Optional(Day),
      amountMinor: Type.Optional(Type.String({ pattern: '^-?\\d{1,18}$' })),
      currency: Type.Optional(CurrencyCode),
    }),
  ),
  /** `accept`: the payment that it became; `same`: the one that it says again. */
  transactionId: Type.Optional(TransactionId),
  ...decided,
  ...byUser,
})

export const HeldDecisionTakenBack = event('HeldDecisionTakenBack', 1, {
  heldId: HeldId,
  accountId: AccountId,
  ...decided,
  ...byUser,
})

/** Everything that was kept was read again by newer rules, the difference was shown, and somebody switched. */
export const RulesSwitched = event('RulesSwitched', 1, {
  accountId: AccountId,
  normaliserVersion: Type.Integer({ minimum: 1 }),
  identityVersion: Type.Integer({ minimum: 1 }),
  added: Type.Integer({ minimum: 0 }),
  changed: Type.Integer({ minimum: 0 }),
  gone: Type.Integer({ minimum: 0 }),
  ...decided,
  ...byUser,
})

/** A sync came to an end, whatever end; how it went is in the lake. */
export const SyncLogged = event('SyncLogged', 1, {
  accountId: AccountId,
  syncId: SyncId,
  /** Of dataset `syncs`. */
  files: Type.Array(ManifestFile, { minItems: 1, maxItems: 8 }),
  endedAt: Instant,
})

/**
 * Files of one dataset became one, which holds their rows in their order and takes their place in the manifest. No row is
 * new, and none is gone; the files replaced are deleted when nobody can be reading them any more.
 */
export const LakeCompacted = event('LakeCompacted', 1, {
  accountId: AccountId,
  files: Type.Array(ManifestFile, { minItems: 1, maxItems: 1 }),
  replaced: Type.Array(LakeFile.properties.key, { minItems: 1, maxItems: 256 }),
  compactedAt: Instant,
})

/** One per account: the order in which its identity decisions were made. */
export const ledgerEvents = {
  context: 'storage',
  aggregate: 'ledger',
  events: [
    TransactionsStored,
    BalancesStored,
    AccountDescribed,
    SourceObserved,
    StatementImported,
    ImportTakenBack,
    IdentityDecided,
    IdentityDecisionTakenBack,
    HeldDecided,
    HeldDecisionTakenBack,
    RulesSwitched,
    SyncLogged,
    LakeCompacted,
  ],
} as const satisfies AggregateDeclaration
export type LedgerEvent = EventOf<(typeof ledgerEvents.events)[number]>

export type SyncAccount = Static<(typeof SyncRequested)['schema']>['account']
