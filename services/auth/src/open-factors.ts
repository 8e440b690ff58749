import type { MikroORM } from '@mikro-orm/postgresql'
import {
  type ApiTokenEvent,
  apiTokenEvents,
  type PasskeyEvent,
  type Principal,
  passkeyEvents,
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
import type { Attempts } from './application/attempts.ts'
import type { Audit } from './application/audit.ts'
import { Passkeys, type PasskeysParts } from './application/passkeys.ts'
import type { PasswordCheck } from './application/password-check.ts'
import type { Accounts } from './application/ports.ts'
import { SecondFactorOfApp } from './application/second-factor.ts'
import * as apiToken from './domain/api-token.ts'
import * as passkey from './domain/passkey.ts'
import * as secondFactor from './domain/second-factor.ts'
import { type BeginSession, beginningToken, MfaController } from './mfa-controller.ts'
import { PasskeysController } from './passkeys-controller.ts'

export type FactorsParts = {
  accounts: Accounts
  audit: Audit
  attempts: Attempts
  passwordCheck: PasswordCheck
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
  const checkPassword = async (principal: Principal, password: string) => {
    await parts.passwordCheck.assert(principal, password)
  }
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
  { attempts, audit, embedded }: FactorsParts,
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
    elsewhere: !embedded,
    ceremonies: embedded && party !== undefined ? webauthn(party) : undefined,
    audit,
    attempts,
    onFault: (fault) => logger.info({ fault }, 'a passkey was refused'),
    clock,
    ids,
    randomBytes: (count) => random.bytes(count),
  })
}
