import { computed, Injectable, signal } from '@angular/core'
import { offline, Problem, readProblem } from './problem.ts'
import type { LoginAnswer, User } from './types.ts'

type Word = { type: 'signed_in'; userId: string } | { type: 'signed_out' }

/** A minute is left when we ask for the next token: clocks differ, and a slow network still makes it. */
const refreshLeadMs = 60_000
const lockName = 'pf-refresh'
/** Not a secret: says only that asking for a token is worth a call, so that a first visit makes none. */
const hintKey = 'pf.session'

/**
 * Who is signed in. The access token lives in this object and nowhere else; the refresh cookie is the browser's.
 * Tabs refresh one at a time (Web Lock): a rotated cookie is never presented twice. Signing out ends all tabs.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  readonly #user = signal<User | undefined>(undefined)
  readonly user = this.#user.asReadonly()
  readonly signedIn = computed(() => this.#user() !== undefined)
  /** Set when the server, not the person, ended the session. */
  readonly ended = signal(false)
  /** Set when the start could not find out: the cookie may well stand, the server did not answer. */
  readonly unreachable = signal(false)

  #token: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #refreshing: Promise<string | undefined> | undefined
  #started: Promise<void> | undefined
  readonly #channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('pf-session')

  constructor() {
    this.#channel?.addEventListener('message', (event: MessageEvent<Word>) => this.#hear(event.data))
  }

  /** Once per page, and again after no answer: finds out whether the cookie still stands. Without one nobody is signed in. */
  start(): Promise<void> {
    this.#started ??= this.#resume()
    return this.#started
  }

  /** The token to send, refreshed first where there is none. */
  async token(): Promise<string | undefined> {
    return this.#token ?? (this.signedIn() ? this.refresh() : undefined)
  }

  /**
   * A new token by the cookie, one at a time over all tabs. Undefined and signed out where the cookie no longer counts;
   * throws `offline` where nobody answered: the session stands, the call does not.
   */
  refresh(): Promise<string | undefined> {
    this.#refreshing ??= this.#locked(() => this.#refreshOnce()).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** Takes over what log-in answered and asks who that is. */
  async accept(answer: LoginAnswer): Promise<void> {
    this.#keep(answer)
    this.ended.set(false)
    const user = await this.#me()
    this.#remember(true)
    this.#user.set(user)
    this.#say({ type: 'signed_in', userId: user.id })
  }

  /** Revokes at the server, then forgets here and in every other tab, whatever the server said. */
  async signOut(): Promise<void> {
    const token = this.#token
    this.#forget()
    this.#say({ type: 'signed_out' })
    const headers = { 'Idempotency-Key': crypto.randomUUID(), ...(token ? { Authorization: `Bearer ${token}` } : {}) }
    await this.#locked(() => fetch('/api/auth/logout', { method: 'POST', headers, credentials: 'same-origin' })).catch(
      () => undefined,
    )
  }

  async #resume(): Promise<void> {
    if (!this.#hinted()) return
    try {
      const token = await this.refresh()
      if (token) this.#user.set(await this.#me())
      this.unreachable.set(false)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.unreachable.set(true)
      this.#started = undefined
    }
  }

  async #refreshOnce(): Promise<string | undefined> {
    const response = await fetch('/api/auth/refresh', {
      method: 'POST',
      headers: { 'Idempotency-Key': crypto.randomUUID() },
      credentials: 'same-origin',
    }).catch(() => undefined)
    if (response === undefined || response.status >= 500 || response.status === 429) throw offline()
    if (!response.ok) {
      this.ended.set(this.signedIn())
      this.#forget()
      return undefined
    }
    const answer = (await response.json()) as LoginAnswer
    this.#keep(answer)
    return answer.access_token
  }

  async #me(): Promise<User> {
    const response = await fetch('/api/auth/me', { headers: { Authorization: `Bearer ${this.#token}` } }).catch(
      () => undefined,
    )
    if (response === undefined) throw offline()
    if (!response.ok) throw await readProblem(response)
    return (await response.json()) as User
  }

  #keep(answer: LoginAnswer): void {
    this.#token = answer.access_token
    clearTimeout(this.#timer)
    const inMs = Math.max(1000, answer.expires_in * 1000 - refreshLeadMs)
    // A failed refresh ahead of time costs nothing: the next call that finds the token refused tries again.
    this.#timer = setTimeout(() => void this.refresh().catch(() => undefined), inMs)
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#token = undefined
    this.#user.set(undefined)
    this.#remember(false)
    forgetPages()
  }

  #hear(word: Word): void {
    if (word.type === 'signed_out') {
      if (this.signedIn()) this.#forget()
    } else if (this.#user()?.id !== word.userId) {
      location.reload()
    }
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return 'locks' in navigator ? (navigator.locks.request(lockName, work) as Promise<T>) : work()
  }

  #hinted(): boolean {
    try {
      return localStorage.getItem(hintKey) !== null
    } catch {
      return true
    }
  }

  #remember(signedIn: boolean): void {
    try {
      if (signedIn) localStorage.setItem(hintKey, '1')
      else localStorage.removeItem(hintKey)
    } catch {
      // Storage is blocked: the next start asks the server instead.
    }
  }
}

/** What pages kept on this device of whoever was signed in (`pf.page.…`); how the device looks stays. */
function forgetPages(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('pf.page.')) localStorage.removeItem(key)
  } catch {
    // Storage is blocked: nothing was kept.
  }
}
