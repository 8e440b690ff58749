import { Injectable, inject } from '@angular/core'
import { Http } from './http.ts'
import { Session } from './session.ts'
import type { AuthConfig, LoginAnswer, User } from './types.ts'

export type Credentials = { username: string; password: string }

@Injectable({ providedIn: 'root' })
export class Auth {
  readonly #http = inject(Http)
  readonly #session = inject(Session)

  config(): Promise<AuthConfig> {
    return this.#http.get<AuthConfig>('/auth/config')
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.#session.accept(await this.#http.postOpen<LoginAnswer>('/auth/login', credentials))
  }

  /** The second step: six digits of the app, or a recovery code. `mfaToken` is of the refusal `mfa_required`. */
  async secondStep(mfaToken: string, said: string): Promise<void> {
    const digits = said.replaceAll(/\s/g, '')
    const proof = /^\d{6}$/.test(digits) ? { code: digits } : { recovery_code: said.trim() }
    await this.#session.accept(
      await this.#http.postOpen<LoginAnswer>('/auth/login/mfa', { mfa_token: mfaToken, ...proof }),
    )
  }

  /** Registers, then signs in with the same words: registering alone opens no session. */
  async register(credentials: Credentials): Promise<void> {
    await this.#http.postOpen<User>('/auth/register', credentials)
    await this.signIn(credentials)
  }
}
