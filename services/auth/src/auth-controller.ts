import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { ApiTokens } from './application/api-tokens.ts'
import { type ChangePasswordParts, changePassword } from './application/change-password.ts'
import { clientOf } from './application/client.ts'
import { type EraseSpaceParts, requestErasure } from './application/erase-space.ts'
import { noteProviderKeys, securityTrail } from './application/security-trail.ts'
import { SignIn } from './application/sign-in.ts'
import { KeyRotation } from './application/signing-keys.ts'

const { auth } = requests
export const erasingToken = 'auth/erasing'
export const passwordsToken = 'auth/passwords'

/** The bus' side of signing in. */
@Controller()
export class AuthController {
  readonly #signIn: SignIn
  readonly #erasing: EraseSpaceParts
  readonly #apiTokens: ApiTokens
  readonly #passwords: ChangePasswordParts
  readonly #keyRotation: KeyRotation

  constructor(
    @Inject(SignIn) signIn: SignIn,
    @Inject(erasingToken) erasing: EraseSpaceParts,
    @Inject(ApiTokens) apiTokens: ApiTokens,
    @Inject(passwordsToken) passwords: ChangePasswordParts,
    @Inject(KeyRotation) keyRotation: KeyRotation,
  ) {
    this.#signIn = signIn
    this.#erasing = erasing
    this.#apiTokens = apiTokens
    this.#passwords = passwords
    this.#keyRotation = keyRotation
  }

  @Answers(auth.requestErasure)
  requestErasure(input: InputOf<typeof auth.requestErasure>, principal: Principal) {
    return requestErasure(this.#erasing, principal, input)
  }

  @Answers(auth.register)
  register(input: InputOf<typeof auth.register>) {
    return this.#signIn.register(input)
  }

  @Answers(auth.login)
  login(input: InputOf<typeof auth.login>) {
    return this.#signIn.login(input)
  }

  @Answers(auth.refresh)
  refresh(input: InputOf<typeof auth.refresh>) {
    return this.#signIn.refresh(input)
  }

  @Answers(auth.logout)
  logout(input: InputOf<typeof auth.logout>) {
    return this.#signIn.logout(input)
  }

  @Answers(auth.sessions)
  sessions(_input: object, principal: Principal) {
    return this.#signIn.sessions.list(principal)
  }

  @Answers(auth.revokeSession)
  revokeSession(input: InputOf<typeof auth.revokeSession>, principal: Principal) {
    return this.#signIn.sessions.revoke(principal, input.id, clientOf(input))
  }

  @Answers(auth.changePassword)
  changePassword(input: InputOf<typeof auth.changePassword>, principal: Principal) {
    return changePassword(this.#passwords, principal, input)
  }

  @Answers(auth.audit)
  audit(input: InputOf<typeof auth.audit>, principal: Principal) {
    return securityTrail(this.#passwords.audit, principal, input)
  }

  @Answers(auth.me)
  me(_input: object, principal: Principal) {
    return this.#signIn.me(principal)
  }

  @Answers(auth.keys)
  keys() {
    return this.#signIn.keys()
  }

  @Answers(auth.rotateSigningKeys)
  rotateSigningKeys(_input: object, principal: Principal) {
    return this.#keyRotation.byWord(principal)
  }

  @Answers(auth.noteProviderKeys)
  noteProviderKeys(input: InputOf<typeof auth.noteProviderKeys>, principal: Principal) {
    return noteProviderKeys(this.#passwords.audit, principal, clientOf(input))
  }

  @Answers(auth.config)
  config() {
    return this.#signIn.config()
  }

  @Answers(auth.endedSessions)
  async endedSessions() {
    const [ended, tokenIds] = await Promise.all([this.#signIn.endedSessions(), this.#apiTokens.revokedLately()])
    return { ...ended, sessionIds: [...ended.sessionIds, ...tokenIds] }
  }
}
