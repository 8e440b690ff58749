import { Injectable, inject } from '@angular/core'
import { Authenticator } from './authenticator.ts'
import { type Answer, type Ask, Http } from './http.ts'
import type { List, Mfa, Passkey, PasskeyCreation, RecoveryCodes, StartedTotp } from './types.ts'

/** How one signs in beside the password: a second step, and passkeys. */
@Injectable({ providedIn: 'root' })
export class SignInWays {
  readonly #authenticator = inject(Authenticator)
  readonly #http = inject(Http)
  readonly hasPasskeys = this.#authenticator.present

  secondStep(ask?: Ask): Promise<Mfa> {
    return this.#http.get('/auth/mfa', {}, ask)
  }

  async beginApp(password: string): Promise<StartedTotp> {
    return (await this.#http.post<StartedTotp>('/auth/mfa/totp', { password })).body
  }

  /** Answers recovery codes, which are shown nowhere else. */
  async confirmApp(code: string): Promise<RecoveryCodes> {
    return (await this.#http.post<RecoveryCodes>('/auth/mfa/totp/confirm', { code })).body
  }

  turnOff(password: string, code: string): Promise<Answer<void>> {
    return this.#http.delete('/auth/mfa/totp', {}, { password, code })
  }

  async renewCodes(password: string): Promise<RecoveryCodes> {
    return (await this.#http.post<RecoveryCodes>('/auth/mfa/recovery-codes', { password })).body
  }

  passkeys(ask?: Ask): Promise<List<Passkey>> {
    return this.#http.get('/auth/passkeys', {}, ask)
  }

  async addPasskey(name: string, password: string): Promise<void> {
    const { body } = await this.#http.post<PasskeyCreation>('/auth/passkeys/options', { password })
    await this.#http.post('/auth/passkeys', { name, credential: await this.#authenticator.create(body) })
  }

  renamePasskey(id: string, name: string): Promise<Answer<Passkey>> {
    return this.#http.patch(`/auth/passkeys/${encodeURIComponent(id)}`, { name })
  }

  removePasskey(id: string, password: string): Promise<Answer<void>> {
    return this.#http.delete(`/auth/passkeys/${encodeURIComponent(id)}`, {}, { password })
  }
}
