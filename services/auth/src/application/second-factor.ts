import {
  DomainError,
  type InputOf,
  type Principal,
  type Rest,
  refuse,
  type requests,
  type SecondFactorEvent,
} from '@pf/contracts'
import { type Clock, type CommandHandler, sha256 } from '@pf/eventing'
import type { SecondFactor, SecondFactorCommand } from '../domain/second-factor.ts'
import { typedCodeAsKept, typedCodeBytes, typedCodeOf } from '../domain/typed-code.ts'
import { actorOf, sessionAlone } from './api-tokens.ts'
import type { Audit } from './audit.ts'
import { type Client, clientOf } from './client.ts'
import type { SecondFactors } from './second-factors.ts'

/** Codes that an app shows (RFC 6238). */
export interface TotpCodes {
  readonly secretBytes: number
  shown(secret: Uint8Array, username: string): { secret: string; uri: string }
  /** Of which time step the code is; undefined where it is of none near `now`. */
  stepOf(secret: Uint8Array, code: string, now: Date): number | undefined
}

/** What the vault keeps of an app and its recovery codes. The secret rests sealed, codes by their hashes. */
export interface SecondFactorStore {
  /** Takes the place of one that was begun. False where one is confirmed. */
  start(userId: string, secret: Uint8Array, now: Date): Promise<boolean>
  find(userId: string): Promise<{ secret: Uint8Array; confirmed: boolean; recoveryCodesLeft: number } | undefined>
  /** Confirms the one that was begun. False where there is none, or it was confirmed before. */
  confirm(userId: string, step: number, recoveryHashes: readonly string[], now: Date): Promise<boolean>
  /** Each step once, and none before one that was taken. Forgives the guesses before. */
  acceptStep(userId: string, step: number): Promise<boolean>
  /** Counts a guess before it is looked at, over restarts; answers until when none is taken, null where this one is. */
  guess(userId: string, now: Date, bound: { limit: number; windowMs: number }): Promise<Date | null>
  replaceCodes(userId: string, recoveryHashes: readonly string[]): Promise<void>
  /** How many are left after it; undefined where it is none of them. */
  useCode(userId: string, hash: string): Promise<number | undefined>
  /** Deletes all of the user's, and their bytes. False where there was none. */
  deleteOf(userId: string): Promise<boolean>
}

/** What is asked and has to be answered within minutes; by the hash of what was given out. */
export interface Challenges {
  add(challenge: { hash: string; kind: string; userId: string | null; expiresAt: Date }): Promise<void>
  /** Counts a try; undefined where there is none of this kind that lives, or it was tried too often. */
  tried(hash: string, kind: string, now: Date, maxTries: number): Promise<{ userId: string | null } | undefined>
  /** Ends it. False where somebody else was first. */
  take(hash: string, kind: string, now: Date): Promise<boolean>
  deleteOf(userId: string): Promise<void>
  deleteExpired(now: Date): Promise<void>
}

export type SecondFactorParts = {
  factors: CommandHandler<SecondFactor, SecondFactorCommand, SecondFactorEvent>
  store: SecondFactorStore
  challenges: Challenges
  codes: TotpCodes
  /** Where passwords are ours; else second factors are the provider's. */
  offered: boolean
  findUser: (userId: string) => Promise<{ spaceId: string; username: string } | undefined>
  audit: Pick<Audit, 'record'>
  /** Throws bad_credentials, too_many_attempts. */
  checkPassword: (principal: Principal, password: string) => Promise<void>
  /** Whose passkey it is. Throws passkey_refused. */
  passkeyOf: (passkey: Rest.PasskeyAssertion, client: Client) => Promise<string>
  clock: Clock
  randomBytes(count: number): Uint8Array
}

/** Of a six-digit code with its two neighbours, ten in a quarter of an hour find one in 350 days at even odds. */
const guesses = { limit: 10, windowMs: 15 * 60_000 }
const loginMs = 5 * 60_000
const loginTries = 5
const codesAtOnce = 10
const ofLogin = 'mfa_login'

/** A code from an app beside the password, and recovery codes for the day it is lost. */
export class SecondFactorOfApp implements SecondFactors {
  readonly #parts: SecondFactorParts

  constructor(parts: SecondFactorParts) {
    this.#parts = parts
  }

  get offered(): boolean {
    return this.#parts.offered
  }

  async status({ userId }: Principal): Promise<Rest.Mfa> {
    const found = await this.#parts.store.find(userId)
    return { totp: found?.confirmed ?? false, recovery_codes_left: found?.recoveryCodesLeft ?? 0 }
  }

  /** Throws scope_missing, mfa_elsewhere, bad_credentials, too_many_attempts, mfa_on, unauthenticated. */
  async start(principal: Principal, { password }: { password: string }): Promise<Rest.StartedTotp> {
    const { checkPassword, clock, codes, findUser, offered, randomBytes, store } = this.#parts
    sessionAlone(principal)
    if (!offered) throw refuse('mfa_elsewhere', 'Second factors are set up at the identity provider here.')
    await checkPassword(principal, password)
    const user = await findUser(principal.userId)
    if (user === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    const secret = randomBytes(codes.secretBytes)
    if (!(await store.start(principal.userId, secret, clock.now()))) throw isOn()
    const shown = codes.shown(secret, user.username)
    return { secret: shown.secret, otpauth_uri: shown.uri }
  }

  /** Throws scope_missing, mfa_off, mfa_on, mfa_refused, too_many_attempts. */
  async confirm(principal: Principal, { code }: { code: string }): Promise<Rest.RecoveryCodes> {
    const { clock, factors, store } = this.#parts
    sessionAlone(principal)
    const { userId, spaceId } = principal
    const begun = await store.find(userId)
    if (begun === undefined) throw isOff()
    if (begun.confirmed) throw isOn()
    const step = await this.#guessed(userId, begun.secret, code)
    const { shown, hashes } = this.#freshCodes(userId)
    const now = clock.now()
    if (!(await store.confirm(userId, step, hashes, now))) throw isOn()
    await factors.handle(
      { spaceId, aggregateId: userId },
      { type: 'EnableSecondFactor', userId, factor: 'totp', enabledAt: now.toISOString() },
      { commandId: `enable-${now.getTime()}-${step}` },
    )
    await this.#changed(principal)
    return { recovery_codes: shown }
  }

  /** Throws scope_missing, bad_credentials, mfa_off, mfa_refused, too_many_attempts. */
  async disable(principal: Principal, { password, code }: { password: string; code: string }): Promise<object> {
    const { checkPassword, clock, factors, store } = this.#parts
    sessionAlone(principal)
    const { userId, spaceId } = principal
    await checkPassword(principal, password)
    await this.#acceptCode(userId, code)
    await store.deleteOf(userId)
    const now = clock.now()
    await factors.handle(
      { spaceId, aggregateId: userId },
      { type: 'DisableSecondFactor', userId, factor: 'totp', disabledAt: now.toISOString() },
      { commandId: `disable-${now.getTime()}` },
    )
    await this.#changed(principal)
    return {}
  }

  /** Throws scope_missing, bad_credentials, too_many_attempts, mfa_off. */
  async renewCodes(principal: Principal, { password }: { password: string }): Promise<Rest.RecoveryCodes> {
    const { checkPassword, clock, factors, store } = this.#parts
    sessionAlone(principal)
    const { userId, spaceId } = principal
    await checkPassword(principal, password)
    if (!(await store.find(userId))?.confirmed) throw isOff()
    const { shown, hashes } = this.#freshCodes(userId)
    await store.replaceCodes(userId, hashes)
    const now = clock.now()
    await factors.handle(
      { spaceId, aggregateId: userId },
      { type: 'IssueRecoveryCodes', userId, count: shown.length, issuedAt: now.toISOString() },
      { commandId: `recovery-${now.getTime()}-${sha256(hashes.join())}` },
    )
    await this.#changed(principal)
    return { recovery_codes: shown }
  }

  /** A log-in whose password was right: it goes on with the token of this refusal, or never. */
  async required(userId: string, passwordVersion: number): Promise<DomainError | undefined> {
    const { challenges, clock, randomBytes, store } = this.#parts
    if (!(await store.find(userId))?.confirmed) return undefined
    const token = `${Buffer.from(randomBytes(32)).toString('base64url')}.${passwordVersion}`
    const expiresAt = new Date(clock.now().getTime() + loginMs)
    await challenges.add({ hash: sha256(token), kind: ofLogin, userId, expiresAt })
    return new DomainError(
      'mfa_required',
      'The password is right, and this account asks for a second factor. Send mfa_token and a code to /auth/login/mfa.',
      { members: { mfa_token: token } },
    )
  }

  /**
   * Whose log-in it is, once its second step is done. Throws mfa_token_invalid, mfa_refused, passkey_refused,
   * too_many_attempts, invalid_input.
   */
  async proven(input: InputOf<typeof requests.auth.loginMfa>): Promise<string> {
    const { challenges, clock, passkeyOf } = this.#parts
    const { code, mfaToken, passkey, recoveryCode } = input
    if ([code, passkey, recoveryCode].filter((one) => one !== undefined).length !== 1) {
      throw refuse('invalid_input', 'Send a code from the app, a recovery code or a passkey: one of the three.')
    }
    const hash = sha256(mfaToken)
    const userId = (await challenges.tried(hash, ofLogin, clock.now(), loginTries))?.userId
    if (userId === undefined || userId === null) throw loginOver()
    if (code !== undefined) await this.#acceptCode(userId, code)
    else if (recoveryCode !== undefined) await this.#useRecoveryCode(userId, recoveryCode)
    else if (passkey !== undefined && (await passkeyOf(passkey, clientOf(input))) !== userId) throw refused()
    if (!(await challenges.take(hash, ofLogin, clock.now()))) throw loginOver()
    return userId
  }

  async forgetOf(userId: string): Promise<void> {
    await this.#parts.store.deleteOf(userId)
    await this.#parts.challenges.deleteOf(userId)
  }

  forgetEnded(): Promise<void> {
    return this.#parts.challenges.deleteExpired(this.#parts.clock.now())
  }

  async #acceptCode(userId: string, code: string): Promise<void> {
    const { store } = this.#parts
    const found = await store.find(userId)
    if (!found?.confirmed) throw isOff()
    const step = await this.#guessed(userId, found.secret, code)
    if (!(await store.acceptStep(userId, step))) throw refused()
  }

  async #guessed(userId: string, secret: Uint8Array, code: string): Promise<number> {
    const { clock, codes, store } = this.#parts
    const now = clock.now()
    const until = await store.guess(userId, now, guesses)
    if (until !== null) {
      const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
      const detail = `Too many wrong codes. Try again in ${retryAfterSeconds} seconds, or sign in with a recovery code.`
      throw new DomainError('too_many_attempts', detail, { retryAfterSeconds })
    }
    const step = codes.stepOf(secret, code, now)
    if (step === undefined) throw refused()
    return step
  }

  async #useRecoveryCode(userId: string, code: string): Promise<void> {
    const { clock, factors, findUser, store } = this.#parts
    const hash = hashOf(userId, code)
    const left = await store.useCode(userId, hash)
    if (left === undefined) throw refused()
    const user = await findUser(userId)
    if (user === undefined) throw refuse('unauthenticated', 'This user is not known any more.')
    await factors.handle(
      { spaceId: user.spaceId, aggregateId: userId },
      { type: 'UseRecoveryCode', userId, left, usedAt: clock.now().toISOString() },
      { commandId: `recovered-${hash}` },
    )
  }

  #changed(principal: Principal): Promise<void> {
    return this.#parts.audit.record({ action: 'second_factor_changed', ...actorOf(principal) })
  }

  #freshCodes(userId: string) {
    const shown = Array.from({ length: codesAtOnce }, () => typedCodeOf(this.#parts.randomBytes(typedCodeBytes)))
    return { shown, hashes: shown.map((code) => hashOf(userId, code)) }
  }
}

/** Which password was right as this token was given out; of one that proved good, since its hash holds the number too. */
export const passwordVersionOf = (mfaToken: string): number => Number(mfaToken.split('.')[1])

const hashOf = (userId: string, code: string): string => sha256(`${userId} ${typedCodeAsKept(code)}`)
const isOn = () =>
  refuse('mfa_on', 'Codes from an app are asked for already. Turn that off first to set up another app.')
const isOff = () => refuse('mfa_off', 'No app is set up that codes could come from. POST /auth/mfa/totp begins it.')
const refused = () =>
  refuse('mfa_refused', 'This code is wrong, is over, or was used before. Send the one that the app shows now.')
const loginOver = () =>
  refuse(
    'mfa_token_invalid',
    'This log-in has ended, was tried too often or is not known. Sign in with your password again.',
  )
