import type { Agreement } from '../domain/agreement.ts'
import { confirmationTimes } from '../domain/reconfirmation.ts'
import { INVALID_REDIRECT, isRedirect, type Requisition } from '../domain/requisition.ts'
import { fieldError, notFound, refusal } from '../domain/wire-error.ts'
import type { Agreements } from './agreements.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import { issuedTo } from './consents.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Store } from './ports.ts'
import type { Switches } from './switches.ts'

/** A page on which the user confirms, as it is kept; the newest of its agreement. */
type Page = {
  created: string
  redirect: string | null
  fromMs: number
  toMs: number
  lastAccessed: string | null
  lastSubmitted: string | null
  accounts: Record<string, { reconfirmed: string | null; rejected: string | null }>
}

export type PageState = 'early' | 'open' | 'done' | 'late'
export type OpenedPage = {
  state: PageState
  agreement: Agreement
  /** Issued ids of those that wait for a word. */
  accounts: string[]
  redirect: string | null
  toMs: number
}

export type ReconfirmationParts = {
  store: Store
  clock: BankClock
  agreements: Agreements
  switches: Switches
  publicUrl: () => string
}

/** Confirmations of a long consent every 90 days (gocardless.md §2.3), without a log-in at the bank. */
export class Reconfirmations {
  readonly #parts: ReconfirmationParts

  constructor(parts: ReconfirmationParts) {
    this.#parts = parts
  }

  /** The page asked for last. @throws WireError 400, 403, 404 */
  shown(id: string): Record<string, unknown> {
    const agreement = this.#reconfirmed(id)
    const page = this.#page(agreement.id)
    if (!page) throw notFound()
    return this.#described(agreement.id, page)
  }

  /** Asked for again before the user has confirmed, it is the same page. @throws WireError 400, 403, 404 */
  ask(id: string, body: Record<string, unknown>): Record<string, unknown> {
    const agreement = this.#reconfirmed(id)
    const redirect = body['redirect'] ?? null
    if (redirect !== null && !isRedirect(redirect)) throw fieldError('redirect', INVALID_REDIRECT, true)
    const { clock, store } = this.#parts
    const requisition = this.#requisition(agreement.id)
    const issued = requisition ? issuedTo(store, requisition) : []
    if (issued.length === 0) {
      const detail = `For associated requisition '${requisition?.id ?? ''}', there are no accounts linked.`
      throw refusal(400, 'No accounts linked.', detail)
    }
    const left = issued.filter(({ rejected }) => !rejected)
    const times = confirmationTimes(agreement, issued)
    if (left.length === 0 || times === null) {
      const detail = `For EUA '${agreement.id}' there are no accounts left to reconfirm.`
      throw refusal(400, 'No accounts left to reconfirm.', detail)
    }
    if (clock.now() > times.toMs) {
      const detail = `For EUA '${agreement.id}' reconfirmation period was until ${wireInstant(times.toMs)}.`
      throw refusal(400, 'Reconfirmation requested after acceptance period.', detail)
    }
    const before = this.#page(agreement.id)
    const stands = before !== undefined && before.lastSubmitted === null && before.toMs === times.toMs
    const page: Page = stands
      ? { ...before, redirect: redirect ?? before.redirect }
      : {
          created: wireInstant(clock.now()),
          redirect,
          fromMs: times.fromMs,
          toMs: times.toMs,
          lastAccessed: null,
          lastSubmitted: null,
          accounts: Object.fromEntries(left.map((account) => [account.id, { reconfirmed: null, rejected: null }])),
        }
    store.commit({ [pageKey(agreement.id)]: page })
    return this.#described(agreement.id, page)
  }

  /** The page's link was opened. @throws WireError 404 */
  open(id: string): OpenedPage {
    const { clock, agreements, store } = this.#parts
    const agreement = agreements.get(id)
    const page = this.#page(id)
    if (!page) throw notFound()
    store.commit({ [pageKey(id)]: { ...page, lastAccessed: wireInstant(clock.now()) } })
    return {
      state: this.#stateOf(page),
      agreement,
      accounts: Object.keys(page.accounts),
      redirect: page.redirect,
      toMs: page.toMs,
    }
  }

  /** The user confirms these accounts and no others. Answers where the browser goes; null: nowhere. @throws WireError 404 */
  submit(id: string, confirmed: readonly string[]): { state: PageState; redirect: string | null } {
    const { clock, store } = this.#parts
    const page = this.#page(id)
    if (!page) throw notFound()
    const state = this.#stateOf(page)
    if (state !== 'open') return { state, redirect: page.redirect }
    const now = wireInstant(clock.now())
    const changes: Record<string, unknown> = {}
    const accounts: Page['accounts'] = {}
    for (const account of Object.keys(page.accounts)) {
      const issued = store.get<IssuedAccount>(issuedKey(account))
      const word = confirmed.includes(account) ? { reconfirmed: now } : { rejected: now }
      accounts[account] = { reconfirmed: null, rejected: null, ...word }
      if (issued) changes[issuedKey(account)] = { ...issued, ...word }
    }
    store.commit({ ...changes, [pageKey(id)]: { ...page, lastSubmitted: now, accounts } })
    return { state: 'done', redirect: page.redirect }
  }

  #stateOf({ lastSubmitted, fromMs, toMs }: Page): PageState {
    const now = this.#parts.clock.now()
    if (lastSubmitted !== null) return 'done'
    if (now < fromMs) return 'early'
    return now > toMs ? 'late' : 'open'
  }

  #reconfirmed(id: string): Agreement {
    const { agreements, switches } = this.#parts
    const { reconfirmation, id: agreementId } = agreements.get(id)
    if (!switches.now().mayReconfirm) throw refusal(403, '', 'You do not have permission to perform this action.')
    if (!reconfirmation) {
      const detail = `Reconfirmation is not enabled for agreement '${agreementId}'.`
      throw refusal(400, 'Reconfirmation is not enabled.', detail)
    }
    return agreements.accepted(agreementId)
  }

  #requisition(agreementId: string): Requisition | undefined {
    return this.#parts.store.list<Requisition>('requisition/').find(({ agreement }) => agreement === agreementId)
  }

  #page(agreementId: string): Page | undefined {
    return this.#parts.store.get<Page>(pageKey(agreementId))
  }

  #described(agreementId: string, page: Page): Record<string, unknown> {
    const words = Object.entries(page.accounts).map(([id, { reconfirmed, rejected }]) => [
      id,
      { reconfirmed, rejected: rejected ?? '' },
    ])
    return {
      reconfirmation_url: `${this.#parts.publicUrl()}/psd2/reconfirm/${agreementId}`,
      created: page.created,
      url_valid_from: wireInstant(page.fromMs),
      url_valid_to: wireInstant(page.toMs),
      redirect: page.redirect,
      last_accessed: page.lastAccessed,
      last_submitted: page.lastSubmitted,
      accounts: Object.fromEntries(words),
    }
  }
}

const pageKey = (agreementId: string) => `reconfirmation/${agreementId.toLowerCase()}`
