import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type { HeldItem, HeldVerdict, List, Money } from './types.ts'

export type HeldAnswer = { verdict: HeldVerdict; date?: string; amount?: Money; transaction_id?: string }

/** Rows that wait for the person's word. */
@Injectable({ providedIn: 'root' })
export class HeldRows {
  readonly #http = inject(Http)

  /** Newest first. `decided`: those with a word, which can be taken back. */
  list(decided: boolean, ask?: Ask): Promise<List<HeldItem>> {
    return this.#http.get('/held', { decided: String(decided), limit: 200 }, ask)
  }

  decide(id: string, answer: HeldAnswer): Promise<Answer<HeldItem>> {
    return this.#http.post(`/held/${encodeURIComponent(id)}/decision`, answer)
  }

  takeBack(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/held/${encodeURIComponent(id)}/decision`)
  }
}
