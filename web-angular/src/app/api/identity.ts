import { Injectable, inject } from '@angular/core'
import { type Answer, Http } from './http.ts'
import type { IdentityDecision } from './types.ts'

/** The user's words on what is one payment and what is not. */
@Injectable({ providedIn: 'root' })
export class IdentityApi {
  readonly #http = inject(Http)

  decide(transactionIds: readonly string[], verdict: 'same' | 'different'): Promise<Answer<IdentityDecision>> {
    return this.#http.post('/identity/decisions', { transaction_ids: transactionIds, verdict })
  }

  takeBack(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/identity/decisions/${encodeURIComponent(id)}`)
  }
}
