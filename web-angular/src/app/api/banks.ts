import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type { Connection, DemoStep, Institution, Linking, List, Sync, SyncRun } from './types.ts'

/** Connections, the banks that can be connected, and their syncs. */
@Injectable({ providedIn: 'root' })
export class Banks {
  readonly #http = inject(Http)

  institutions(country: string, ask?: Ask): Promise<List<Institution>> {
    return this.#http.get('/institutions', { country }, ask)
  }

  connections(ask?: Ask): Promise<List<Connection>> {
    return this.#http.get('/connections', {}, ask)
  }

  /** The answer's `link` is the bank's consent page: the browser has to go there. */
  async connect(institution: { id: string; provider: string }): Promise<Linking> {
    const body = { institution_id: institution.id, provider: institution.provider }
    return (await this.#http.post<Linking>('/connections', body)).body
  }

  async renew(id: string): Promise<Linking> {
    return (await this.#http.post<Linking>(`/connections/${encodeURIComponent(id)}/renew`)).body
  }

  /** After a return from the bank that did not carry the attempt's cookie: the owner's own word. */
  complete(id: string): Promise<Answer<Connection>> {
    return this.#http.post(`/connections/${encodeURIComponent(id)}/complete`, {})
  }

  rename(id: string, friendlyName: string): Promise<Answer<Connection>> {
    return this.#http.patch(`/connections/${encodeURIComponent(id)}`, { friendly_name: friendlyName })
  }

  remove(id: string, history: 'keep' | 'erase'): Promise<Answer<void>> {
    return this.#http.delete(`/connections/${encodeURIComponent(id)}`, history === 'erase' ? { erase: 'true' } : {})
  }

  sync(id: string): Promise<Answer<SyncRun>> {
    return this.#http.post(`/connections/${encodeURIComponent(id)}/sync`)
  }

  /** Newest first. */
  syncs(query: { connection_id?: string; limit?: number }, ask?: Ask): Promise<List<Sync>> {
    return this.#http.get('/syncs', query, ask)
  }

  advanceDemo(days: number): Promise<Answer<DemoStep>> {
    return this.#http.post('/demo/advance', { days })
  }
}
