import { Injectable, inject } from '@angular/core'
import { type Ask, Http } from './http.ts'
import type { List, ProviderCheck, ProviderInstance } from './types.ts'

/** Who stands between us and the banks; putting keys and checking them is the operator's alone. */
@Injectable({ providedIn: 'root' })
export class Providers {
  readonly #http = inject(Http)

  list(ask?: Ask): Promise<List<ProviderInstance>> {
    return this.#http.get('/providers', {}, ask)
  }

  async putKeys(id: string, keys: Record<string, string>): Promise<ProviderInstance> {
    return (await this.#http.put<ProviderInstance>(`/providers/${encodeURIComponent(id)}/keys`, keys)).body
  }

  async check(id: string): Promise<ProviderCheck> {
    return (await this.#http.post<ProviderCheck>(`/providers/${encodeURIComponent(id)}/check`)).body
  }
}
