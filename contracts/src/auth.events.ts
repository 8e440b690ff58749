import { Type } from 'typebox'
import { ApiScope } from './api-token.ts'
import { type AggregateDeclaration, type EventOf, event } from './event.ts'
import { ApiTokenId, ErasureId, Instant, InviteId, PasskeyId, SessionId, SpaceId, UserId } from './ids.ts'

/** A person may use this installation; `spaceId` is theirs, made with them. No secret stands in any event. */
export const UserRegistered = event('UserRegistered', 1, {
  userId: UserId,
  spaceId: SpaceId,
  username: Type.String({ minLength: 3, maxLength: 50 }),
  roles: Type.Array(Type.Union([Type.Literal('user'), Type.Literal('operator')])),
  registeredAt: Instant,
})

export const SessionStarted = event('SessionStarted', 1, {
  userId: UserId,
  sessionId: SessionId,
  startedAt: Instant,
})

export const SessionEnded = event('SessionEnded', 1, {
  userId: UserId,
  sessionId: SessionId,
  reason: Type.Union([
    Type.Literal('logout'),
    Type.Literal('reused'),
    Type.Literal('revoked'),
    Type.Literal('expired'),
  ]),
  endedAt: Instant,
})

/** By the user themselves, who knew the one before. Their other sessions end. */
export const PasswordChanged = event('PasswordChanged', 1, { userId: UserId, changedAt: Instant })

export const userEvents = {
  context: 'auth',
  aggregate: 'user',
  events: [UserRegistered, SessionStarted, SessionEnded, PasswordChanged],
} as const satisfies AggregateDeclaration
export type UserEvent = EventOf<(typeof userEvents.events)[number]>

/** A user asked that everything of theirs be erased. Ids alone, and nothing tells any more whose they were once it is done. */
export const SpaceErasureRequested = event('SpaceErasureRequested', 1, {
  erasureId: ErasureId,
  spaceId: SpaceId,
  userId: UserId,
  requestedAt: Instant,
})

/** Nothing of it is left but this, under the erasure's own id. */
export const SpaceErased = event('SpaceErased', 1, { erasureId: ErasureId, erasedAt: Instant })

/** One per erasure, in the installation's own space (`systemSpace`): it outlives what it erases. */
export const spaceErasureEvents = {
  context: 'auth',
  aggregate: 'erasure',
  events: [SpaceErasureRequested, SpaceErased],
} as const satisfies AggregateDeclaration
export type SpaceErasureEvent = EventOf<(typeof spaceErasureEvents.events)[number]>

/** A script may act for its owner, as far as `scopes` go. The token itself was shown once and stands nowhere. */
export const ApiTokenIssued = event('ApiTokenIssued', 1, {
  tokenId: ApiTokenId,
  userId: UserId,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Type.Array(ApiScope),
  expiresAt: Type.Union([Instant, Type.Null()]),
  issuedAt: Instant,
})

export const ApiTokenRevoked = event('ApiTokenRevoked', 1, {
  tokenId: ApiTokenId,
  userId: UserId,
  revokedAt: Instant,
})

export const apiTokenEvents = {
  context: 'auth',
  aggregate: 'api_token',
  events: [ApiTokenIssued, ApiTokenRevoked],
} as const satisfies AggregateDeclaration
export type ApiTokenEvent = EventOf<(typeof apiTokenEvents.events)[number]>

/** Somebody may register with it, once. Its code was shown once and stands nowhere. */
export const InviteIssued = event('InviteIssued', 1, {
  inviteId: InviteId,
  userId: UserId,
  expiresAt: Instant,
  issuedAt: Instant,
})

/** By whom is not told: they have a space of their own, and this lies in the issuer's. */
export const InviteUsed = event('InviteUsed', 1, { inviteId: InviteId, usedAt: Instant })

export const InviteRevoked = event('InviteRevoked', 1, { inviteId: InviteId, revokedAt: Instant })

export const inviteEvents = {
  context: 'auth',
  aggregate: 'invite',
  events: [InviteIssued, InviteUsed, InviteRevoked],
} as const satisfies AggregateDeclaration
export type InviteEvent = EventOf<(typeof inviteEvents.events)[number]>

const Factor = Type.Union([Type.Literal('totp')])

/** From now on a log-in by password asks for a code as well. */
export const SecondFactorEnabled = event('SecondFactorEnabled', 1, {
  userId: UserId,
  factor: Factor,
  enabledAt: Instant,
})

export const SecondFactorDisabled = event('SecondFactorDisabled', 1, {
  userId: UserId,
  factor: Factor,
  disabledAt: Instant,
})

/** `left`: how many of the set are good still. */
export const RecoveryCodeUsed = event('RecoveryCodeUsed', 1, {
  userId: UserId,
  left: Type.Integer({ minimum: 0 }),
  usedAt: Instant,
})

/** A new set; those of before are good no more. */
export const RecoveryCodesIssued = event('RecoveryCodesIssued', 1, {
  userId: UserId,
  count: Type.Integer({ minimum: 1 }),
  issuedAt: Instant,
})

export const secondFactorEvents = {
  context: 'auth',
  aggregate: 'second_factor',
  events: [SecondFactorEnabled, SecondFactorDisabled, RecoveryCodeUsed, RecoveryCodesIssued],
} as const satisfies AggregateDeclaration
export type SecondFactorEvent = EventOf<(typeof secondFactorEvents.events)[number]>

const PasskeyName = Type.String({ minLength: 1, maxLength: 100 })

/** From now on its owner signs in by it alone. What it is checked by stands in the vault. */
export const PasskeyRegistered = event('PasskeyRegistered', 1, {
  passkeyId: PasskeyId,
  userId: UserId,
  name: PasskeyName,
  registeredAt: Instant,
})

export const PasskeyRenamed = event('PasskeyRenamed', 1, {
  passkeyId: PasskeyId,
  userId: UserId,
  name: PasskeyName,
  renamedAt: Instant,
})

export const PasskeyRemoved = event('PasskeyRemoved', 1, {
  passkeyId: PasskeyId,
  userId: UserId,
  removedAt: Instant,
})

export const passkeyEvents = {
  context: 'auth',
  aggregate: 'passkey',
  events: [PasskeyRegistered, PasskeyRenamed, PasskeyRemoved],
} as const satisfies AggregateDeclaration
export type PasskeyEvent = EventOf<(typeof passkeyEvents.events)[number]>
