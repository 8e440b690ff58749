import { computed, Injectable, signal } from '@angular/core'
import { dropEarly, takeEarly } from './early.ts'
import type { KeycloakDoor } from './keycloak.ts'
import { offline, Problem, readProblem } from './problem.ts'
import type { AuthConfig, LoginAnswer, User } from './types.ts'

type Word = { type: 'signed_in'; userId: string } | { type: 'signed_out' }

/** A minute is left when we ask for the next token: clocks differ, and a slow network still makes it. */
const refreshLeadMs = 60_000
const lockName = 'pf-refresh'
/** Not a secret: says only that asking for a token is worth a call, and whom to ask, so that a first visit makes none. */
const hintKey = 'pf.session'
type Hint = 'cookie' | 'keycloak'

/**
 * Who is signed in. The access token lives in this object and nowhere else; what renews it is the browser's cookie, or what
 * keycloak-js holds. Tabs refresh one at a time (Web Lock): a rotated cookie is never presented twice. Signing out ends all
 * tabs.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  readonly #user = signal<User | undefined>(undefined)
  readonly user = this.#user.asReadonly()
  readonly signedIn = computed(() => this.#user() !== undefined)
  /** Who runs the installation: what is theirs alone is asked for and shown to nobody else. */
  readonly isOperator = computed(() => this.#user()?.roles.includes('operator') ?? false)
  /** Set when the server, not the person, ended the session. */
  readonly ended = signal(false)
  /** Set when the start could not find out: the cookie may well stand, the server did not answer. */
  readonly unreachable = signal(false)
  /** Set when Keycloak let somebody in who cannot be a user here: why. */
  readonly refused = signal<Problem | undefined>(undefined)

  #token: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #refreshing: Promise<string | undefined> | undefined
  #started: Promise<void> | undefined
  /** Where it was Keycloak's page that let the person in. */
  #door: KeycloakDoor | undefined
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
    this.#enter(await this.#me(), 'cookie', true)
  }

  /** Leaves for Keycloak's page. The one that opens on the way back goes on to `next`. */
  async leaveToSignIn(next: string | undefined, username?: string): Promise<void> {
    // A fresh one: keycloak-js begins once, and may have failed.
    const door = await this.#openDoor()
    if (door === undefined) throw offline()
    this.#remember('keycloak')
    await door.leave(next, { username, asSomebodyElse: this.refused() !== undefined })
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
    const hint = this.#hint()
    if (hint === undefined) return
    const fromForm = isFromForm()
    try {
      const token = hint === 'keycloak' ? await this.#resumeByKeycloak() : await this.refresh()
      if (token) this.#enter(await this.#me(), hint, fromForm)
      this.unreachable.set(false)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.code === 'name_unusable' || error.code === 'space_moved') {
        this.refused.set(error)
        this.#forget()
        return
      }
      this.unreachable.set(true)
      this.#started = undefined
      this.#door = undefined
    }
  }

  async #resumeByKeycloak(): Promise<string | undefined> {
    this.#door ??= await this.#openDoor()
    const answer = await this.#door?.enter()
    if (answer === undefined) this.#forget()
    else this.#keep(answer)
    return answer?.access_token
  }

  /** Undefined where this installation has no Keycloak, or no longer. */
  async #openDoor(): Promise<KeycloakDoor | undefined> {
    const response = await fetch('/api/auth/config').catch(() => undefined)
    if (!response?.ok) throw offline()
    const { keycloak } = (await response.json()) as AuthConfig
    if (keycloak === undefined) return undefined
    const { KeycloakDoor } = await import('./keycloak.ts')
    return new KeycloakDoor(keycloak)
  }

  /** `fresh`: somebody has just signed in, which other tabs do not know yet. */
  #enter(user: User, hint: Hint, fresh: boolean): void {
    this.#remember(hint)
    this.#user.set(user)
    if (fresh) this.#say({ type: 'signed_in', userId: user.id })
  }

  async #refreshOnce(): Promise<string | undefined> {
    const answer = this.#door === undefined ? await this.#refreshByCookie() : await this.#door.refresh()
    if (answer === undefined) {
      this.ended.set(this.signedIn())
      this.#forget()
      return undefined
    }
    this.#keep(answer)
    return answer.access_token
  }

  async #refreshByCookie(): Promise<LoginAnswer | undefined> {
    const asked = { method: 'POST', headers: { 'Idempotency-Key': crypto.randomUUID() } }
    const response =
      (await takeEarly('/auth/refresh')) ??
      (await fetch('/api/auth/refresh', { ...asked, credentials: 'same-origin' }).catch(() => undefined))
    if (response === undefined || response.status >= 500 || response.status === 429) throw offline()
    return response.ok ? ((await response.json()) as LoginAnswer) : undefined
  }

  async #me(): Promise<User> {
    const headers = { Authorization: `Bearer ${this.#token}` }
    const response = (await takeEarly('/auth/me')) ?? (await fetch('/api/auth/me', { headers }).catch(() => undefined))
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
    this.#door = undefined
    this.#user.set(undefined)
    this.#remember(undefined)
    dropEarly()
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

  #hint(): Hint | undefined {
    if (isFromForm()) return 'keycloak'
    try {
      const kept = localStorage.getItem(hintKey)
      if (kept === null) return undefined
      return kept === 'keycloak' ? kept : 'cookie'
    } catch {
      return 'cookie'
    }
  }

  #remember(hint: Hint | undefined): void {
    try {
      if (hint !== undefined) localStorage.setItem(hintKey, hint)
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

/** Keycloak's form sends people back with a code, and what it was asked with, behind `#`. */
const isFromForm = (): boolean => /[#&]state=/.test(location.hash) && /[#&](code|error)=/.test(location.hash)
