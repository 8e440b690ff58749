import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type { DatasetsAnswer, List, MartStatus, Operations, QueryAnswer, Rebuild, SavedQuery } from './types.ts'

/** What the figures are made of: marts, their rebuilds, the read models behind them, and the owner's own SQL. */
@Injectable({ providedIn: 'root' })
export class Lake {
  readonly #http = inject(Http)

  marts(ask?: Ask): Promise<MartStatus> {
    return this.#http.get('/analytics/status', {}, ask)
  }

  /** Newest first. */
  rebuilds(ask?: Ask): Promise<List<Rebuild>> {
    return this.#http.get('/analytics/rebuilds', {}, ask)
  }

  rebuild(): Promise<Answer<Rebuild>> {
    return this.#http.post('/analytics/rebuild', {})
  }

  /** Where new and old differ, the owner says which of them answers. */
  decide(id: string, word: 'switch' | 'discard'): Promise<Answer<Rebuild>> {
    return this.#http.post(`/analytics/rebuilds/${encodeURIComponent(id)}/${word}`)
  }

  /** Refused with `operator_only` to anybody else. */
  operations(ask?: Ask): Promise<Operations> {
    return this.#http.get('/operations', {}, ask)
  }

  datasets(ask?: Ask): Promise<DatasetsAnswer> {
    return this.#http.get('/analytics/datasets', {}, ask)
  }

  async query(sql: string, ask?: Ask): Promise<QueryAnswer> {
    return (await this.#http.post<QueryAnswer>('/analytics/query', { sql }, ask)).body
  }

  savedQueries(ask?: Ask): Promise<List<SavedQuery>> {
    return this.#http.get('/queries', {}, ask)
  }

  saveQuery(name: string, sql: string): Promise<Answer<SavedQuery>> {
    return this.#http.post('/queries', { name, sql })
  }

  deleteQuery(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/queries/${encodeURIComponent(id)}`)
  }
}
