import { type InputOf, type InviteEvent, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { type Clock, type CommandHandler, type Ids, sha256 } from '@pf/eventing'
import type { Invite, InviteCommand } from '../domain/invite.ts'
import { typedCodeAsKept, typedCodeBytes, typedCodeOf } from '../domain/typed-code.ts'
import { actorOf, sessionAlone } from './api-tokens.ts'
import type { Audit } from './audit.ts'

/** An invitation as it rests: by the hash of its code alone. */
export type KeptInvite = {
  id: string
  hash: string
  issuedBy: string
  issuedAt: Date
  expiresAt: Date
  usedAt: Date | null
}

/** What the vault keeps of invitations; they are used up with the account that they let in (`Accounts.addInvited`). */
export interface InviteStore {
  /** False where `limit` are open already, of however many asked for at once. */
  add(invite: KeptInvite, limit: number): Promise<boolean>
  /** One that can be used now. */
  open(hash: string, now: Date): Promise<KeptInvite | undefined>
  /** Those that were not revoked, the newest first. */
  all(): Promise<KeptInvite[]>
  /** The one that is no more; undefined where there is none of this id that nobody has used. */
  revoke(id: string): Promise<KeptInvite | undefined>
  /** Deletes those that the user issued, and their bytes. */
  deleteOf(userId: string): Promise<void>
  /** Deletes what ended before the instant. */
  deleteEnded(before: Date): Promise<void>
}

export type InvitesParts = {
  invites: CommandHandler<Invite, InviteCommand, InviteEvent>
  store: InviteStore
  audit: Pick<Audit, 'record'>
  findUser: (userId: string) => Promise<{ spaceId: string } | undefined>
  clock: Clock
  ids: Ids
  randomBytes(count: number): Uint8Array
}

export const maxOpenInvites = 100
const usualDays = 7
const dayMs = 86_400_000
/** How long operators still see one that has ended. */
const keptMs = 30 * dayMs

export const hashOfInvite = (said: string): string => sha256(`invite ${typedCodeAsKept(said)}`)

/** Operators let people in, one by one. What is told of it lies in the space of whoever issued it, and goes with it. */
export class Invites {
  readonly #parts: InvitesParts

  constructor(parts: InvitesParts) {
    this.#parts = parts
  }

  /** Throws scope_missing, operator_only, invites_full. */
  async issue(
    principal: Principal,
    { expiresInDays = usualDays }: InputOf<typeof requests.auth.issueInvite>,
  ): Promise<Rest.IssuedInvite> {
    const { audit, clock, ids, invites, randomBytes, store } = this.#parts
    operatorAlone(principal)
    const { userId, spaceId } = principal
    const now = clock.now()
    const code = typedCodeOf(randomBytes(typedCodeBytes))
    const kept: KeptInvite = {
      id: ids.uuid(),
      hash: hashOfInvite(code),
      issuedBy: userId,
      issuedAt: now,
      expiresAt: new Date(now.getTime() + expiresInDays * dayMs),
      usedAt: null,
    }
    await invites.handle(
      { spaceId, aggregateId: kept.id },
      {
        type: 'IssueInvite',
        inviteId: kept.id,
        userId,
        expiresAt: kept.expiresAt.toISOString(),
        issuedAt: now.toISOString(),
      },
      { commandId: `issue-${kept.id}` },
    )
    if (!(await store.add(kept, maxOpenInvites))) {
      await this.#tellRevoked(spaceId, kept.id)
      throw refuse('invites_full', `${maxOpenInvites} invitations are open, the most there may be. Revoke one first.`)
    }
    await audit.record({ action: 'invite_issued', ...actorOf(principal) })
    return { ...viewOf(kept, now), code }
  }

  /** Throws scope_missing, operator_only. */
  async list(principal: Principal): Promise<{ items: Rest.Invite[] }> {
    operatorAlone(principal)
    const now = this.#parts.clock.now()
    return { items: (await this.#parts.store.all()).map((invite) => viewOf(invite, now)) }
  }

  /** It lets nobody in first, then it is told. Throws scope_missing, operator_only, invite_not_found. */
  async revoke(principal: Principal, { id }: { id: string }): Promise<object> {
    const { audit, findUser, store } = this.#parts
    operatorAlone(principal)
    const revoked = await store.revoke(id)
    if (revoked === undefined) {
      throw refuse('invite_not_found', 'There is no open invitation of this id. GET /auth/invites lists them.')
    }
    const issuer = await findUser(revoked.issuedBy)
    if (issuer !== undefined) await this.#tellRevoked(issuer.spaceId, id)
    await audit.record({ action: 'invite_revoked', ...actorOf(principal) })
    return {}
  }

  /** The one of this code that can be used now. */
  standing(code: string): Promise<KeptInvite | undefined> {
    return this.#parts.store.open(hashOfInvite(code), this.#parts.clock.now())
  }

  /** Somebody has registered with it. Idempotent. */
  async tellUsed({ id, issuedBy }: Pick<KeptInvite, 'id' | 'issuedBy'>): Promise<void> {
    const { clock, findUser, invites } = this.#parts
    const issuer = await findUser(issuedBy)
    if (issuer === undefined) return
    await invites.handle(
      { spaceId: issuer.spaceId, aggregateId: id },
      { type: 'UseInvite', inviteId: id, usedAt: clock.now().toISOString() },
      { commandId: `use-${id}` },
    )
  }

  forgetOf(userId: string): Promise<void> {
    return this.#parts.store.deleteOf(userId)
  }

  /** Tells what a crash left untold, and deletes what ended long ago. */
  async forgetEnded(): Promise<void> {
    const { clock, store } = this.#parts
    const yesterday = clock.now().getTime() - dayMs
    for (const invite of await store.all())
      if (invite.usedAt !== null && invite.usedAt.getTime() > yesterday) await this.tellUsed(invite)
    await store.deleteEnded(new Date(clock.now().getTime() - keptMs))
  }

  async #tellRevoked(spaceId: string, id: string): Promise<void> {
    await this.#parts.invites.handle(
      { spaceId, aggregateId: id },
      { type: 'RevokeInvite', inviteId: id, revokedAt: this.#parts.clock.now().toISOString() },
      { commandId: `revoke-${id}` },
    )
  }
}

function operatorAlone(principal: Principal): void {
  sessionAlone(principal)
  if (principal.roles.includes('operator')) return
  throw refuse('operator_only', 'Only the operator of this installation invites people. Ask whoever runs it.')
}

const viewOf = ({ id, issuedAt, expiresAt, usedAt }: KeptInvite, now: Date): Rest.Invite => ({
  id,
  created_at: issuedAt.toISOString(),
  expires_at: expiresAt.toISOString(),
  used_at: usedAt?.toISOString() ?? null,
  status: usedAt !== null ? 'used' : expiresAt > now ? 'open' : 'expired',
})
