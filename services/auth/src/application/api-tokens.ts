import {
  type ApiScope,
  type ApiTokenEvent,
  type ApiTokenHolder,
  apiTokenBytes,
  apiTokenOf,
  type InputOf,
  type Principal,
  type Rest,
  refuse,
  type requests,
} from '@pf/contracts'
import { type Clock, type CommandHandler, type Ids, sha256 } from '@pf/eventing'
import type { ApiToken, ApiTokenCommand } from '../domain/api-token.ts'
import type { Audit } from './audit.ts'

/** A token as it rests: by its hash alone. */
export type KeptApiToken = {
  id: string
  hash: string
  userId: string
  name: string
  scopes: ApiScope[]
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}

/** What the vault keeps of personal API tokens. Primary data: in no event. */
export interface ApiTokenStore {
  /** False where the user has `limit` already, of however many asked for at once. */
  add(token: KeptApiToken, limit: number): Promise<boolean>
  /** One that is not revoked; whether it has expired is for the caller to see. */
  byHash(hash: string): Promise<KeptApiToken | undefined>
  /** The user's that are not revoked, the newest first. */
  of(userId: string): Promise<KeptApiToken[]>
  /** False where the user has none of this id. One that is revoked already stays as it was. */
  revoke(userId: string, id: string, now: Date): Promise<boolean>
  used(id: string, now: Date): Promise<void>
  revokedSince(instant: Date): Promise<string[]>
  /** Deletes every token of the user, and their bytes. */
  deleteOf(userId: string): Promise<void>
  /** Deletes what was revoked, or ended, before the instant. */
  deleteEnded(before: Date): Promise<void>
}

/** Who somebody is beside their id; undefined where they are not known any more. */
export type FindUser = (
  userId: string,
) => Promise<{ spaceId: string; roles: readonly ('user' | 'operator')[] } | undefined>

export type ApiTokensParts = {
  tokens: CommandHandler<ApiToken, ApiTokenCommand, ApiTokenEvent>
  store: ApiTokenStore
  audit: Pick<Audit, 'record'>
  findUser: FindUser
  clock: Clock
  ids: Ids
  randomBytes(count: number): Uint8Array
}

export const maxApiTokens = 50
/** Gateways keep for a minute what they were told, so one is noted as used once a minute at most, by each of them. */
const usedAgainMs = 60_000
/** How long gateways are told that a token was revoked: longer than they keep what they were told before. */
const toldMs = 15 * 60_000
/** How long the owner still sees a token that has ended. */
const keptMs = 30 * 86_400_000

/** Personal API tokens: a script acts for its owner, as far as the token's scopes go. Whichever provider signs the owner in. */
export class ApiTokens {
  readonly #parts: ApiTokensParts

  constructor(parts: ApiTokensParts) {
    this.#parts = parts
  }

  /** The event stands before the token works. Throws scope_missing, operator_only, invalid_input, api_tokens_full. */
  async issue(principal: Principal, input: InputOf<typeof requests.auth.issueApiToken>): Promise<Rest.IssuedApiToken> {
    const { audit, clock, ids, randomBytes, store, tokens } = this.#parts
    sessionAlone(principal)
    const scopes = [...new Set(input.scopes)]
    if (scopes.includes('admin') && !principal.roles.includes('operator')) {
      throw refuse('operator_only', 'The scope admin is what an operator may: only one can give it. Leave it out.')
    }
    const now = clock.now()
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
    if (expiresAt !== null && !(expiresAt > now)) {
      throw refuse('invalid_input', 'The end of a token (expires_at) has to lie ahead. Choose a later one, or none.')
    }
    const { userId, spaceId } = principal
    if ((await store.of(userId)).length >= maxApiTokens) throw full()
    const token = apiTokenOf(randomBytes(apiTokenBytes))
    const kept: KeptApiToken = {
      id: ids.uuid(),
      hash: sha256(token),
      userId,
      name: input.name,
      scopes,
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
    }
    await tokens.handle(
      { spaceId, aggregateId: kept.id },
      {
        type: 'IssueApiToken',
        tokenId: kept.id,
        userId,
        name: kept.name,
        scopes,
        expiresAt: expiresAt?.toISOString() ?? null,
        issuedAt: now.toISOString(),
      },
      { commandId: `issue-${kept.id}` },
    )
    if (!(await store.add(kept, maxApiTokens))) {
      await this.#tellRevoked(principal, kept.id, now)
      throw full()
    }
    await audit.record({ action: 'api_token_issued', ...actorOf(principal) })
    return { ...viewOf(kept), token }
  }

  async list({ userId }: Principal): Promise<{ items: Rest.ApiToken[] }> {
    return { items: (await this.#parts.store.of(userId)).map(viewOf) }
  }

  /** The token stops first, then it is told; a repeat tells what a crash left untold. Throws scope_missing, api_token_not_found. */
  async revoke(principal: Principal, { id }: { id: string }): Promise<object> {
    sessionAlone(principal)
    const { audit, clock, store } = this.#parts
    const now = clock.now()
    if (!(await store.revoke(principal.userId, id, now))) {
      throw refuse('api_token_not_found', 'You have no API token of this id. GET /auth/tokens lists those you have.')
    }
    await this.#tellRevoked(principal, id, now)
    await audit.record({ action: 'api_token_revoked', ...actorOf(principal) })
    return {}
  }

  /** Roles are the owner's of this moment: who is no operator any more has no token of one. */
  async holder({ hash }: { hash: string }): Promise<{ holder: ApiTokenHolder | null }> {
    const { clock, findUser, store } = this.#parts
    const now = clock.now()
    const token = await store.byHash(hash)
    if (token === undefined || (token.expiresAt !== null && token.expiresAt <= now)) return { holder: null }
    const user = await findUser(token.userId)
    if (user === undefined) return { holder: null }
    if (token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= usedAgainMs) {
      await store.used(token.id, now)
    }
    const { scopes, userId } = token
    const roles = user.roles.filter((role) => role !== 'operator' || scopes.includes('admin'))
    return {
      holder: {
        principal: { userId, spaceId: user.spaceId, sessionId: token.id, roles, scopes },
        expiresAt: token.expiresAt?.toISOString() ?? null,
      },
    }
  }

  /** Ids of tokens that a gateway may still take for good ones. */
  revokedLately(): Promise<string[]> {
    return this.#parts.store.revokedSince(new Date(this.#parts.clock.now().getTime() - toldMs))
  }

  forgetOf(userId: string): Promise<void> {
    return this.#parts.store.deleteOf(userId)
  }

  forgetEnded(): Promise<void> {
    return this.#parts.store.deleteEnded(new Date(this.#parts.clock.now().getTime() - keptMs))
  }

  async #tellRevoked({ userId, spaceId }: Principal, id: string, now: Date): Promise<void> {
    await this.#parts.tokens.handle(
      { spaceId, aggregateId: id },
      { type: 'RevokeApiToken', tokenId: id, userId, revokedAt: now.toISOString() },
      { commandId: `revoke-${id}` },
    )
  }
}

/** A token makes no tokens: whoever finds one could otherwise keep what they found. The gateway refuses it before. */
export function sessionAlone({ scopes }: Pick<Principal, 'scopes'>): void {
  if (scopes === undefined) return
  throw refuse('scope_missing', 'This needs a session: no API token may do it, whatever its scopes. Sign in.')
}

/** Who did it, for the audit trail: the session tells from where. */
export const actorOf = ({ userId, spaceId, sessionId }: Principal) => ({
  user: { userId, spaceId },
  sessionId,
  client: undefined,
})

const full = () =>
  refuse('api_tokens_full', `You have ${maxApiTokens} API tokens, and that is the most. Revoke one that is not used.`)

const viewOf = ({ id, name, scopes, createdAt, expiresAt, lastUsedAt }: KeptApiToken): Rest.ApiToken => ({
  id,
  name,
  scopes,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt?.toISOString() ?? null,
  last_used_at: lastUsedAt?.toISOString() ?? null,
})
