import type { MikroORM } from '@mikro-orm/postgresql'
import { type Principal, refuse, requests, systemSpace, type UserEvent, userEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import {
  carryOut,
  commandHandling,
  type Platform,
  pendingErasures,
  type Service,
  schedule,
  startProjections,
  startService,
} from '@pf/service-kit'
import { closedSince, newPlaceOf } from './adapters/closed-spaces.ts'
import { passedDrill } from './adapters/passed-drill.ts'
import { vaultAccounts } from './adapters/vault-accounts.ts'
import { vaultAttempts } from './adapters/vault-attempts.ts'
import { vaultAudit } from './adapters/vault-audit.ts'
import { vaultDevices } from './adapters/vault-devices.ts'
import { vaultPreferences } from './adapters/vault-preferences.ts'
import { vaultProviderSessions } from './adapters/vault-provider-sessions.ts'
import { vaultRefreshTokens } from './adapters/vault-refresh-tokens.ts'
import { vaultSessions } from './adapters/vault-sessions.ts'
import { type CarryOutParts, eraseCredentials } from './application/erase-space.ts'
import { KnownDevices } from './application/known-devices.ts'
import { LoginThrottle } from './application/login-throttle.ts'
import { PageMemory } from './application/page-memory.ts'
import { PasswordCheck } from './application/password-check.ts'
import { SignIn } from './application/sign-in.ts'
import { SignInElsewhere } from './application/sign-in-elsewhere.ts'
import { KeyRotation } from './application/signing-keys.ts'
import { openErasures } from './ask-erasure.ts'
import { AuthController, erasingToken, passwordsToken } from './auth-controller.ts'
import * as user from './domain/user.ts'
import { ElsewhereController } from './elsewhere-controller.ts'
import { openAdmission } from './open-admission.ts'
import { openFactors } from './open-factors.ts'
import { openProvider } from './open-provider.ts'
import { PreferencesController } from './preferences-controller.ts'
import { carryOutErasures } from './reactions/carry-out-erasures.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

/** Users and their sessions, with the identity provider that AUTH_MODE names. */
export async function startAuth(platform: Platform & { readonly orm: MikroORM }): Promise<Service> {
  const { clock, config, ids, keys, orm, random } = platform
  const secret = () => Buffer.from(random.bytes(32)).toString('base64url')
  const users = createCommandHandler<user.User, user.UserCommand, UserEvent>(
    { ...userEvents, decider: user, snapshot: user.snapshot },
    commandHandling(platform),
  )
  const stores = {
    accounts: vaultAccounts(orm),
    refreshTokens: vaultRefreshTokens(orm),
    sessions: vaultSessions(orm, keys),
    audit: vaultAudit(orm, keys, clock, ids),
  }
  const preferences = vaultPreferences(orm, keys)
  const providerSessions = vaultProviderSessions(orm)
  const attempts = vaultAttempts(orm, keys)
  const devices = new KnownDevices({ devices: vaultDevices(orm), clock, secret })
  const passwordCheck = new PasswordCheck({ ...stores, provider: () => provider, attempts, clock })
  const door = openAdmission(platform, stores)
  const factors = openFactors(platform, {
    accounts: stores.accounts,
    audit: stores.audit,
    attempts,
    passwordCheck,
    embedded: config.authMode === 'embedded',
    async begin(userId, from, passwordVersion) {
      const account = await stores.accounts.byId(userId)
      if (account === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
      return signIn.start(await begin(account, passwordVersion), from)
    },
  })
  const { accessTokens, provider, begin } = await openProvider(platform, {
    ...stores,
    providerSessions,
    secondFactors: factors.secondFactors,
    throttle: new LoginThrottle({ attempts, devices, clock }),
    secret,
  })
  const keyRotation = new KeyRotation({ accessTokens, audit: stores.audit })
  const erasing = await erasingParts(platform, {
    ...stores,
    provider,
    passwordCheck,
    async forgetOf(userId) {
      await factors.forgetOf(userId)
      await devices.forgetOf(userId)
      await door.forgetOf(userId)
      // Whichever mode it is now: what another left behind of a user goes with them.
      await providerSessions.deleteOf(userId)
    },
  })
  const signIn = new SignIn({
    users,
    provider,
    ...stores,
    attempts,
    devices,
    closedSince: (instant) => closedSince(orm, instant),
    newPlaceOf: (spaceId) => newPlaceOf(orm, spaceId),
    createSpaceKey: (spaceId) => keys.createSpaceKey(spaceId),
    clock,
    ids,
    admission: door.admission,
    passkeys: factors.passkeysOffered,
  })
  const signInElsewhere = new SignInElsewhere({ elsewhere: provider.elsewhere, signIn })
  await door.admission.tellFirst()
  const projections = await startProjections(platform, { pendingErasures: pendingErasures('auth') })
  return startService(platform, {
    name: 'auth',
    projections,
    pendingErasures: projections.pendingErasures.reader,
    lastDrill: () => passedDrill(orm),
    lastCalls: () => signInElsewhere.lastCalls(),
    controllers: [
      AuthController,
      ElsewhereController,
      PreferencesController,
      ...door.controllers,
      ...factors.controllers,
    ],
    providers: [
      { provide: SignIn, useValue: signIn },
      { provide: SignInElsewhere, useValue: signInElsewhere },
      { provide: KeyRotation, useValue: keyRotation },
      { provide: PageMemory, useValue: new PageMemory({ preferences, clock, ids }) },
      { provide: erasingToken, useValue: erasing },
      {
        provide: passwordsToken,
        useValue: { ...stores, users, provider, passwordCheck, devices, userSessions: signIn.sessions, clock },
      },
      ...door.providers,
      ...factors.providers,
    ],
    reactions: [carryOutErasures(erasing)],
    erasing: {
      context: 'auth',
      aggregatesOf: async () => [],
      shared: (scope) => eraseCredentials({ ...erasing, preferences }, scope),
    },
    running: [
      schedule(platform, { name: 'forget expired tokens', everyMs: hourMs, run: () => signIn.forgetExpired() }),
      schedule(platform, { name: 'rotate signing keys', everyMs: hourMs, run: () => keyRotation.byTime() }),
      schedule(platform, { name: 'forget ended invites', everyMs: hourMs, run: () => door.forgetEnded() }),
      schedule(platform, {
        name: 'look at the identity provider',
        everyMs: minuteMs,
        run: () => signInElsewhere.look(),
      }),
      schedule(platform, { name: 'end sessions elsewhere', everyMs: minuteMs, run: () => signInElsewhere.finish() }),
      schedule(platform, { name: 'forget ended factors', everyMs: hourMs, run: () => factors.forgetEnded() }),
    ],
  })
}

async function erasingParts(
  platform: Platform & { readonly orm: MikroORM },
  stores: Pick<
    CarryOutParts,
    'accounts' | 'refreshTokens' | 'sessions' | 'audit' | 'provider' | 'passwordCheck' | 'forgetOf'
  >,
): Promise<CarryOutParts> {
  const { bus, clock, keys } = platform
  await keys.createSpaceKey(systemSpace)
  return {
    ...stores,
    clock,
    erasures: openErasures(platform),
    livesOn: async (spaceId) => (await newPlaceOf(platform.orm, spaceId)) !== undefined,
    async endConsents({ spaceId, userId }, last) {
      const principal: Principal = { userId, spaceId, sessionId: '', roles: [] }
      await bus.call(requests.connection.endConsents, { last }, { principal, deadlineMs: 60_000 })
    },
    carryOut: (erasure) => carryOut(platform, erasure),
  }
}
