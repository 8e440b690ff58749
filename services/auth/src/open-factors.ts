import type { MikroORM } from '@mikro-orm/postgresql'
import {
  type ApiTokenEvent,
  apiTokenEvents,
  type PasskeyEvent,
  type Principal,
  passkeyEvents,
  refuse,
  type SecondFactorEvent,
  secondFactorEvents,
} from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { commandHandling, type Platform, relyingParty } from '@pf/service-kit'
import { totpCodes } from './adapters/totp-codes.ts'
import { vaultApiTokens } from './adapters/vault-api-tokens.ts'
import { vaultChallenges } from './adapters/vault-challenges.ts'
import { vaultPasskeys } from './adapters/vault-passkeys.ts'
import { vaultSecondFactors } from './adapters/vault-second-factors.ts'
import { webauthn } from './adapters/webauthn.ts'
import { ApiTokensController } from './api-tokens-controller.ts'
import { ApiTokens } from './application/api-tokens.ts'
import type { Audit } from './application/audit.ts'
import type { IdentityProvider } from './application/identity-provider.ts'
import { Passkeys, type PasskeysParts } from './application/passkeys.ts'
import type { Accounts } from './application/ports.ts'
import { SecondFactorOfApp } from './application/second-factor.ts'
import { letThrough, Throttle } from './application/throttle.ts'
import * as apiToken from './domain/api-token.ts'
import * as passkey from './domain/passkey.ts'
import * as secondFactor from './domain/second-factor.ts'
import { type BeginSession, beginningToken, MfaController } from './mfa-controller.ts'
import { PasskeysController } from './passkeys-controller.ts'

export type FactorsParts = {
  accounts: Accounts
  audit: Audit
  /** Of the provider that is built with what is opened here: asked when somebody comes. */
  provider: () => Pick<IdentityProvider, 'mode' | 'checkPassword'>
  begin: BeginSession
  /** Whether passwords, and so what is asked for beside them, are ours. */
  embedded: boolean
}

/** What a person has beside a password, whichever provider signs them in. */
export function openFactors(platform: Platform & { readonly orm: MikroORM }, parts: FactorsParts) {
  const { clock, ids, orm, random, secrets } = platform
  const findUser = (userId: string) => parts.accounts.byId(userId)
  const randomBytes = (count: number) => random.bytes(count)
  const apiTokens = new ApiTokens({
    tokens: createCommandHandler<apiToken.ApiToken, apiToken.ApiTokenCommand, ApiTokenEvent>(
      { ...apiTokenEvents, decider: apiToken },
      commandHandling(platform),
    ),
    store: vaultApiTokens(orm),
    audit: parts.audit,
    findUser,
    clock,
    ids,
    randomBytes,
  })
  const challenges = vaultChallenges(orm)
  const checkPassword = passwordCheck(parts, new Throttle({ clock, limit: 10, windowMs: 15 * 60_000 }))
  const passkeys = openPasskeys(platform, parts, { challenges, checkPassword, findUser })
  const secondFactorOfApp = new SecondFactorOfApp({
    factors: createCommandHandler<secondFactor.SecondFactor, secondFactor.SecondFactorCommand, SecondFactorEvent>(
      { ...secondFactorEvents, decider: secondFactor },
      commandHandling(platform),
    ),
    store: vaultSecondFactors(orm, secrets),
    audit: parts.audit,
    challenges,
    codes: totpCodes,
    offered: parts.embedded,
    findUser,
    checkPassword,
    passkeyOf: (assertion, client) => passkeys.proven(assertion, client),
    clock,
    randomBytes,
  })
  return {
    controllers: [ApiTokensController, MfaController, PasskeysController],
    providers: [
      { provide: ApiTokens, useValue: apiTokens },
      { provide: SecondFactorOfApp, useValue: secondFactorOfApp },
      { provide: Passkeys, useValue: passkeys },
      { provide: beginningToken, useValue: parts.begin },
    ],
    secondFactors: secondFactorOfApp,
    passkeysOffered: passkeys.offered,
    /** Nothing of the user is left in it. */
    async forgetOf(userId: string): Promise<void> {
      await apiTokens.forgetOf(userId)
      await passkeys.forgetOf(userId)
      await secondFactorOfApp.forgetOf(userId)
    },
    async forgetEnded(): Promise<void> {
      await apiTokens.forgetEnded()
      await secondFactorOfApp.forgetEnded()
    },
  }
}

function openPasskeys(
  platform: Platform & { readonly orm: MikroORM },
  { audit, embedded }: FactorsParts,
  shared: Pick<PasskeysParts, 'challenges' | 'checkPassword' | 'findUser'>,
): Passkeys {
  const { clock, config, ids, logger, orm, random } = platform
  const party = relyingParty(config)
  return new Passkeys({
    ...shared,
    passkeys: createCommandHandler<passkey.Passkey, passkey.PasskeyCommand, PasskeyEvent>(
      { ...passkeyEvents, decider: passkey },
      commandHandling(platform),
    ),
    store: vaultPasskeys(orm),
    ceremonies: embedded && party !== undefined ? webauthn(party) : undefined,
    audit,
    begun: new Throttle({ clock, limit: 100, windowMs: 10 * 60_000 }),
    onFault: (fault) => logger.info({ fault }, 'a passkey was refused'),
    clock,
    ids,
    randomBytes: (count) => random.bytes(count),
  })
}

/** Whoever has the session has to know the password as well: a browser left open changes nothing for good. */
function passwordCheck({ accounts, provider }: FactorsParts, guesses: Throttle) {
  return async ({ userId }: Principal, password: string): Promise<void> => {
    await guesses.inTurn(userId, async () => {
      letThrough(guesses, userId)
      const known = await accounts.byId(userId)
      if (known === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
      if (await provider().checkPassword(known, password)) return guesses.forgive(userId)
      guesses.record(userId)
      throw refuse('bad_credentials', 'This is not the password of the user who asks. Nothing was changed.')
    })
  }
}
