import { randomBytes } from 'node:crypto'
import { type InviteEvent, inviteEvents, type Principal, type UserEvent, userEvents } from '@pf/contracts'
import { createCommandHandler, createIds } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { createMemoryVault } from '@pf/vault/memory'
import { openAccessTokens } from '../adapters/access-tokens.ts'
import { Admission, type Registration } from '../application/admission.ts'
import { changePassword } from '../application/change-password.ts'
import type { From } from '../application/client.ts'
import { EmbeddedIdentity, type EmbeddedIdentityParts } from '../application/embedded-identity.ts'
import { Invites } from '../application/invites.ts'
import { KnownDevices } from '../application/known-devices.ts'
import { LoginThrottle } from '../application/login-throttle.ts'
import { PasswordCheck } from '../application/password-check.ts'
import type { Passwords } from '../application/ports.ts'
import { noSecondFactors } from '../application/second-factors.ts'
import { SignIn, type SignInDependencies } from '../application/sign-in.ts'
import * as invite from '../domain/invite.ts'
import * as user from '../domain/user.ts'
import { memoryAccounts } from './memory-accounts.ts'
import { memoryAttempts, memoryDevices } from './memory-attempts.ts'
import { memoryAudit } from './memory-audit.ts'
import { memoryInvites } from './memory-invites.ts'
import { memoryRefreshTokens } from './memory-refresh-tokens.ts'
import { memorySessions } from './memory-sessions.ts'
import { memorySigningKeys } from './memory-signing-keys.ts'

/** `Passwords` that cost nothing and tell what they were asked. */
export function plainPasswords(): Passwords & { asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = []
  return {
    asked,
    hash: async (password) => `hash of ${password}`,
    async verify(stored, password) {
      asked.push(stored)
      return stored === `hash of ${password}` || stored === `cheap hash of ${password}`
    },
    isOutdated: (stored) => stored.startsWith('cheap '),
  }
}

/** The application on memory: its clock moves by hand, its log can be read. */
export async function runSignIn(
  over: Partial<SignInDependencies> &
    Pick<Partial<EmbeddedIdentityParts>, 'secondFactors'> & {
      passwords?: ReturnType<typeof plainPasswords>
      registration?: Registration
      /** Of the first operator; without it none is asked for. */
      firstCode?: string
      from?: Date
    } = {},
) {
  let nowMs = (over.from ?? new Date('2026-11-20T08:00:00Z')).getTime()
  const clock = { now: () => new Date(nowMs) }
  const ids = createIds(clock, randomBytes)
  const log = createMemoryLog({ clock })
  const { keys: sealer } = createMemoryVault()
  const passwords = over.passwords ?? plainPasswords()
  const inviteStore = memoryInvites()
  const accounts = over.accounts ?? memoryAccounts(inviteStore)
  const refreshTokens = over.refreshTokens ?? memoryRefreshTokens()
  const sessions = over.sessions ?? memorySessions()
  const attempts = memoryAttempts()
  const secret = () => randomBytes(32).toString('base64url')
  const devices = new KnownDevices({ devices: memoryDevices(), clock, secret })
  const audit = memoryAudit(clock, ids)
  const users = createCommandHandler<user.User, user.UserCommand, UserEvent>(
    { ...userEvents, decider: user },
    { log, sealer, clock, ids },
  )
  const provider = new EmbeddedIdentity({
    accounts,
    refreshTokens,
    audit,
    passwords,
    isCommonPassword: async (folded) => folded === 'iloveyou',
    accessTokens: await openAccessTokens(memorySigningKeys(), clock, ids),
    secondFactors: over.secondFactors ?? noSecondFactors,
    throttle: new LoginThrottle({ attempts, devices, clock }),
    clock,
    ids,
    secret,
  })
  const invites = new Invites({
    invites: createCommandHandler<invite.Invite, invite.InviteCommand, InviteEvent>(
      { ...inviteEvents, decider: invite },
      { log, sealer, clock, ids },
    ),
    store: inviteStore,
    audit,
    findUser: (userId) => accounts.byId(userId),
    clock,
    ids,
    randomBytes: (count) => randomBytes(count),
  })
  const told: string[] = []
  const firstOperator = {
    code: async () => over.firstCode,
    tell: async () => void told.push('told'),
    done: async () => void told.push('done'),
  }
  const signIn = new SignIn({
    users,
    provider,
    accounts,
    refreshTokens,
    sessions,
    audit,
    attempts,
    devices,
    closedSince: async () => [],
    newPlaceOf: async () => undefined,
    createSpaceKey: (spaceId) => sealer.createSpaceKey(spaceId),
    clock,
    ids,
    admission: new Admission({ registration: () => over.registration ?? 'open', accounts, invites, firstOperator }),
    passkeys: true,
    ...over,
  })
  const passwordCheck = new PasswordCheck({ accounts, provider: () => provider, attempts, audit, clock })
  return {
    signIn,
    attempts,
    devices,
    invites,
    told,
    passwordCheck,
    changePassword(who: Principal, current: string, fresh: string, from: From) {
      const parts = { users, provider, passwordCheck, userSessions: signIn.sessions, devices, audit, clock }
      return changePassword(parts, who, { current, fresh, commandId: ids.uuid(), ...from })
    },
    provider,
    accounts,
    refreshTokens,
    sessions,
    audit,
    users,
    passwords,
    clock,
    pass(seconds: number) {
      nowMs += seconds * 1000
    },
    /** Types of the events in the log, in their order. */
    async happened(): Promise<string[]> {
      const { lastSeq } = await log.info('auth')
      const messages = await Promise.all(Array.from({ length: lastSeq }, (_, at) => log.read('auth', at + 1)))
      return messages.flatMap((message) => message?.headers['ce-type']?.split(',') ?? [])
    },
  }
}
