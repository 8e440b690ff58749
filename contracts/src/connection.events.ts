import { type Static, Type } from 'typebox'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import {
  AccountId,
  ConnectionId,
  CurrencyCode,
  ErasureId,
  Instant,
  InstitutionId,
  ProviderId,
  RawRef,
  Sha256,
  SpaceId,
  TimeZone,
  UserId,
} from './ids.ts'

const RequisitionId = Type.String({ minLength: 1, maxLength: 128 })

const LinkedAccount = Type.Object({
  /** Ours: survives renewals and a change of provider. */
  accountId: AccountId,
  /** The provider's handle, valid for this consent only. */
  providerAccountId: Type.String({ minLength: 1, maxLength: 128 }),
  currency: CurrencyCode,
  /** In which the bank's calendar days are meant. */
  timeZone: TimeZone,
  /** What the bank said of the account: `{metadata, details}` as one JSON object, sealed under the account's key. */
  details: RawRef,
})
export type LinkedAccount = Static<typeof LinkedAccount>

const LeftOutReason = Type.Union([
  Type.Literal('account_ambiguous'),
  Type.Literal('account_unidentified'),
  Type.Literal('account_details_unavailable'),
  Type.Literal('account_currency_unknown'),
])
/** Why an account that a consent shows is not read; the codes of a connection's `error`. */
export type LeftOutReason = Static<typeof LeftOutReason>
export { LeftOutReason as LeftOutReasonSchema }

const LeftOut = Type.Object({ providerAccountId: LinkedAccount.properties.providerAccountId, reason: LeftOutReason })
export type LeftOut = Static<typeof LeftOut>
/** Accounts of a consent that are not read; not there where all are. */
const LeftOuts = Type.Optional(Type.Array(LeftOut, { minItems: 1, maxItems: 100 }))

const EndReason = Type.Union([Type.Literal('expired'), Type.Literal('revoked'), Type.Literal('refused')])
export type EndReason = Static<typeof EndReason>

/** Public facts of a bank, nothing about the user. */
const InstitutionName = Type.Object({
  id: InstitutionId,
  name: Type.String({ maxLength: 256 }),
  logo: Type.String({ maxLength: 1024 }),
})
export type InstitutionName = Static<typeof InstitutionName>

/** Somebody asked for a bank. */
export const ConnectionRequested = event('ConnectionRequested', 1, {
  connectionId: ConnectionId,
  spaceId: SpaceId,
  provider: ProviderId,
  institution: InstitutionName,
  friendlyName: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  requestedBy: UserId,
  requestedAt: Instant,
})

/** The provider holds a requisition for it; a person has yet to consent at the bank. */
export const RequisitionCreated = event('RequisitionCreated', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  agreementId: Type.String({ minLength: 1, maxLength: 128 }),
  /** Where the browser goes to consent. */
  link: Type.String({ minLength: 1, maxLength: 2048 }),
  /** Of the unguessable reference that the callback carries; the reference itself is kept nowhere. */
  referenceSha256: Sha256,
  /** Of the attempt's cookie. */
  attemptSha256: Sha256,
  historyDays: Type.Integer({ minimum: 1, maximum: 730 }),
  consentDays: Type.Integer({ minimum: 1, maximum: 730 }),
  createdAt: Instant,
})

/**
 * The consent that the requisition asks for has to be confirmed at the provider's page within 90 days of being given, and
 * of each confirmation.
 */
export const ReconfirmationAgreed = event('ReconfirmationAgreed', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
})

/**
 * The bank described one account of a requisition that waits, and what it said was kept: details cost quota and are not asked
 * for again under it.
 */
export const AccountExamined = event('AccountExamined', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  found: Type.Union([LinkedAccount, LeftOut]),
})

/** The provider confirms the consent: these accounts may be read until `expiresAt`. */
export const RequisitionLinked = event('RequisitionLinked', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  accounts: Type.Array(LinkedAccount, { minItems: 1, maxItems: 100 }),
  leftOut: LeftOuts,
  historyDays: Type.Integer({ minimum: 1, maximum: 730 }),
  grantedAt: Instant,
  expiresAt: Instant,
})

/** The consent ends within 14 days: told once per consent, by the provider's clock. */
export const ConsentExpiring = event('ConsentExpiring', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  expiresAt: Instant,
  announcedAt: Instant,
})

/**
 * The bank wants the user to confirm at the provider's page that the consent goes on; nothing can be read from `dueAt` until
 * they do. No log-in at the bank is needed.
 */
export const ReconfirmationDue = event('ReconfirmationDue', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  link: Type.String({ minLength: 1, maxLength: 2048 }),
  dueAt: Instant,
  validTo: Instant,
})

export const ConsentReconfirmed = event('ConsentReconfirmed', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  reconfirmedAt: Instant,
})

/** The provider suspended the requisition after too many errors: only a new one helps. Its consent ends with it. */
export const ConsentSuspended = event('ConsentSuspended', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  suspendedAt: Instant,
})

/** Nothing can be read under this requisition any more; what was read stays. */
export const ConsentEnded = event('ConsentEnded', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
  reason: EndReason,
  leftOut: LeftOuts,
  endedAt: Instant,
})

export const ConnectionRenamed = event('ConnectionRenamed', 1, {
  connectionId: ConnectionId,
  friendlyName: Type.String({ minLength: 1, maxLength: 100 }),
})

/** The user took the bank out; `erase` asks for its history to go as well. */
export const ConnectionRemoved = event('ConnectionRemoved', 1, {
  connectionId: ConnectionId,
  erase: Type.Boolean(),
  removedAt: Instant,
})

/** The provider has deleted the requisition: nothing can be read under it again. */
export const RequisitionRevoked = event('RequisitionRevoked', 1, {
  connectionId: ConnectionId,
  requisitionId: RequisitionId,
})

export const connectionEvents = {
  context: 'connection',
  aggregate: 'connection',
  events: [
    ConnectionRequested,
    RequisitionCreated,
    ReconfirmationAgreed,
    AccountExamined,
    RequisitionLinked,
    ConsentExpiring,
    ReconfirmationDue,
    ConsentReconfirmed,
    ConsentSuspended,
    ConsentEnded,
    ConnectionRenamed,
    ConnectionRemoved,
    RequisitionRevoked,
  ],
} as const satisfies AggregateDeclaration
export type ConnectionEvent = EventOf<(typeof connectionEvents.events)[number]>

const Fingerprints = Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), { minItems: 0, maxItems: 64 })

/** A bank account seen for the first time in this space. `fingerprints`: HMACs of its identifiers under the space's fingerprint key. */
export const AccountOpened = event('AccountOpened', 1, {
  accountId: AccountId,
  spaceId: SpaceId,
  currency: CurrencyCode,
  fingerprints: Fingerprints,
  openedAt: Instant,
})

/** An account that a statement file told of, or that a user named for one: no bank is connected for it (yet). */
export const FileAccountDeclared = event('FileAccountDeclared', 1, {
  accountId: AccountId,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  kind: Type.Union([
    Type.Literal('current'),
    Type.Literal('savings'),
    Type.Literal('card'),
    Type.Literal('loan'),
    Type.Literal('other'),
  ]),
  institution: InstitutionName,
  timeZone: TimeZone,
  declaredAt: Instant,
})

/** A known account came again, by any provider or file, perhaps with identifiers not seen before. */
export const AccountRecognised = event('AccountRecognised', 1, { accountId: AccountId, fingerprints: Fingerprints })

/** The user's own name for an account. */
export const AccountRenamed = event('AccountRenamed', 1, {
  accountId: AccountId,
  name: Type.String({ minLength: 1, maxLength: 100 }),
})

/** The user's own word on what kind of account it is; null takes it back: what the bank or the file says counts again. */
export const AccountKindChosen = event('AccountKindChosen', 1, {
  accountId: AccountId,
  kind: Type.Union([
    Type.Literal('current'),
    Type.Literal('savings'),
    Type.Literal('card'),
    Type.Literal('loan'),
    Type.Literal('other'),
    Type.Null(),
  ]),
})

/** The account and all that was ever known of it was erased; should it come again, it is another one. */
export const AccountForgotten = event('AccountForgotten', 1, { accountId: AccountId })

/** One per space (its id is the space's): which accounts there are and how they are recognised. */
export const accountBookEvents = {
  context: 'connection',
  aggregate: 'account_book',
  events: [AccountOpened, FileAccountDeclared, AccountRecognised, AccountRenamed, AccountKindChosen, AccountForgotten],
} as const satisfies AggregateDeclaration
export type AccountBookEvent = EventOf<(typeof accountBookEvents.events)[number]>

/** A user asked that a connection be erased with its history. Accounts that another connection still feeds are kept. */
export const ConnectionErasureRequested = event('ConnectionErasureRequested', 1, {
  erasureId: ErasureId,
  spaceId: SpaceId,
  connectionId: ConnectionId,
  accountIds: Type.Array(AccountId, { maxItems: 1000 }),
  keptAccountIds: Type.Array(AccountId, { maxItems: 1000 }),
  requestedBy: UserId,
  requestedAt: Instant,
})

/** Nothing of it is left but this, under the erasure's own id. */
export const ConnectionErased = event('ConnectionErased', 1, { erasureId: ErasureId, erasedAt: Instant })

/** One per erasure, in the installation's own space (`systemSpace`): it outlives what it erases. */
export const connectionErasureEvents = {
  context: 'connection',
  aggregate: 'erasure',
  events: [ConnectionErasureRequested, ConnectionErased],
} as const satisfies AggregateDeclaration
export type ConnectionErasureEvent = EventOf<(typeof connectionErasureEvents.events)[number]>
