import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type {
  ApiScope,
  ApiToken,
  DataExport,
  Invite,
  IssuedApiToken,
  IssuedInvite,
  List,
  OpenSession,
  SecurityEvent,
} from './types.ts'

/** One's own account: sessions, password, API tokens, what happened here, all of it as a file, and the way out for good. */
@Injectable({ providedIn: 'root' })
export class Me {
  readonly #http = inject(Http)

  sessions(ask?: Ask): Promise<List<OpenSession>> {
    return this.#http.get('/auth/sessions', {}, ask)
  }

  endSession(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/auth/sessions/${encodeURIComponent(id)}`)
  }

  /** Every other session ends. */
  changePassword(current: string, fresh: string): Promise<Answer<void>> {
    return this.#http.post('/auth/password', { current, new: fresh })
  }

  tokens(ask?: Ask): Promise<List<ApiToken>> {
    return this.#http.get('/auth/tokens', {}, ask)
  }

  /** The answer's `token` is shown nowhere else. */
  async issueToken(name: string, scopes: readonly ApiScope[]): Promise<IssuedApiToken> {
    return (await this.#http.post<IssuedApiToken>('/auth/tokens', { name, scopes })).body
  }

  revokeToken(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/auth/tokens/${encodeURIComponent(id)}`)
  }

  /** Refused with `operator_only` to anybody else. */
  invites(ask?: Ask): Promise<List<Invite>> {
    return this.#http.get('/auth/invites', {}, ask)
  }

  /** The answer's `code` is shown nowhere else. */
  async issueInvite(): Promise<IssuedInvite> {
    return (await this.#http.post<IssuedInvite>('/auth/invites', {})).body
  }

  revokeInvite(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/auth/invites/${encodeURIComponent(id)}`)
  }

  events(ask?: Ask): Promise<List<SecurityEvent>> {
    return this.#http.get('/auth/audit', { limit: 25 }, ask)
  }

  /** Newest first. */
  exports(ask?: Ask): Promise<List<DataExport>> {
    return this.#http.get('/exports', {}, ask)
  }

  /** Written in the background; topic `exports` tells when it is there. */
  async requestExport(): Promise<DataExport> {
    return (await this.#http.post<DataExport>('/exports', {})).body
  }

  exportFile(id: string): Promise<Blob> {
    return this.#http.getFile(`/exports/${encodeURIComponent(id)}/file`)
  }

  deleteExport(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/exports/${encodeURIComponent(id)}`)
  }

  erase(password: string): Promise<Answer<void>> {
    return this.#http.delete('/auth/me', {}, { password })
  }
}
