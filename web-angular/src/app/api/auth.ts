import { Injectable, inject } from '@angular/core'
import { Authenticator } from './authenticator.ts'
import { Http } from './http.ts'
import { Session } from './session.ts'
import type { AuthConfig, LoginAnswer, PasskeyAssertion, PasskeyRequest, User } from './types.ts'

export type Credentials = { username: string; password: string }
export type Registration = Credentials & { invite?: string }

@Injectable({ providedIn: 'root' })
export class Auth {
  readonly #authenticator = inject(Authenticator)
  readonly #http = inject(Http)
  readonly #session = inject(Session)

  config(): Promise<AuthConfig> {
    return this.#http.get<AuthConfig>('/auth/config')
  }

  /** Of what a form holds only name and password are sent: the gateway refuses what it does not know. */
  async signIn({ username, password }: Credentials): Promise<void> {
    await this.#session.accept(await this.#http.postOpen<LoginAnswer>('/auth/login', { username, password }))
  }

  /** The second step: six digits of the app, or a recovery code. `mfaToken` is of the refusal `mfa_required`. */
  async secondStep(mfaToken: string, said: string): Promise<void> {
    const digits = said.replaceAll(/\s/g, '')
    const proof = /^\d{6}$/.test(digits) ? { code: digits } : { recovery_code: said.trim() }
    await this.#session.accept(
      await this.#http.postOpen<LoginAnswer>('/auth/login/mfa', { mfa_token: mfaToken, ...proof }),
    )
  }

  /** Without name or password: the device knows whose it is. */
  async signInByPasskey(): Promise<void> {
    const credential = await this.#askedOfDevice()
    await this.#session.accept(await this.#http.postOpen<LoginAnswer>('/auth/login/passkey', { credential }))
  }

  /** The second step by a passkey instead of a code. */
  async secondStepByPasskey(mfaToken: string): Promise<void> {
    const passkey = await this.#askedOfDevice()
    await this.#session.accept(
      await this.#http.postOpen<LoginAnswer>('/auth/login/mfa', { mfa_token: mfaToken, passkey }),
    )
  }

  async #askedOfDevice(): Promise<PasskeyAssertion> {
    return this.#authenticator.get(await this.#http.postOpen<PasskeyRequest>('/auth/login/passkey/options', undefined))
  }

  /** Opens no session. */
  async register({ username, password, invite }: Registration): Promise<void> {
    const credentials = { username, password }
    await this.#http.postOpen<User>('/auth/register', invite ? { ...credentials, invite } : credentials)
  }
}
