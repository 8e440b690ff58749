import Keycloak from 'keycloak-js'
import { offline } from './problem.ts'
import type { AuthConfig, LoginAnswer } from './types.ts'

export type KeycloakPlace = NonNullable<AuthConfig['keycloak']>

/** A look at Keycloak in a hidden frame that gives no sign within this is a Keycloak that is away. */
const lookWithinMs = 15_000
/** Served by our origin (gateway): hands what the frame came back with to the page. */
const silentPage = '/silent-sso.html'

/**
 * Keycloak's log-in of a browser: authorization code with PKCE (S256). A chunk of its own, loaded where `/auth/config` names
 * a Keycloak. Its tokens live in this object alone; who reloads the page is let in by Keycloak's own cookie.
 */
export class KeycloakDoor {
  readonly #keycloak: Keycloak
  #ready: Promise<boolean> | undefined

  constructor({ url, realm, client_id }: KeycloakPlace) {
    this.#keycloak = new Keycloak({ url, realm, clientId: client_id })
  }

  /**
   * By the code that this page was opened with, else by a look in a hidden frame; undefined where nobody is signed in, or who
   * was on the way left Keycloak's form. Throws `offline` where it gives no sign.
   */
  async enter(): Promise<LoginAnswer | undefined> {
    const looked = this.#init({
      onLoad: 'check-sso',
      silentCheckSsoRedirectUri: new URL(silentPage, location.origin).href,
    })
    try {
      return (await within(lookWithinMs, looked)) ? this.#answer() : undefined
    } catch (error) {
      // What came back with the page is told as such; where Keycloak is away keycloak-js rejects with nothing in particular.
      if (typeof error === 'object' && error !== null && 'error' in error) return undefined
      throw offline()
    }
  }

  /**
   * Leaves for Keycloak's form; comes back to the page of signing in, which leads on to `next`. `asSomebodyElse`: asks for a
   * name, though Keycloak knows the person.
   */
  async leave(next: string | undefined, who: { username?: string; asSomebodyElse: boolean }): Promise<void> {
    try {
      await this.#init({})
    } catch {
      throw offline()
    }
    const back = new URL('/sign-in', location.origin)
    if (next !== undefined) back.searchParams.set('next', next)
    const prompt = who.asSomebodyElse ? ('login' as const) : undefined
    await this.#keycloak.login({ redirectUri: back.href, loginHint: who.username, prompt })
  }

  /** Undefined where Keycloak has ended the session; throws `offline` where it did not answer. */
  async refresh(): Promise<LoginAnswer | undefined> {
    try {
      await this.#keycloak.updateToken(-1)
    } catch {
      // Of an answer that refuses, keycloak-js forgets its tokens; of none, it keeps them.
      if (this.#keycloak.authenticated) throw offline()
      return undefined
    }
    return this.#answer()
  }

  /** Once per page: keycloak-js takes no second word. */
  #init(how: { onLoad?: 'check-sso'; silentCheckSsoRedirectUri?: string }): Promise<boolean> {
    this.#ready ??= this.#keycloak.init({ ...how, pkceMethod: 'S256', checkLoginIframe: false })
    return this.#ready
  }

  #answer(): LoginAnswer {
    const { token = '', tokenParsed, timeSkew } = this.#keycloak
    // By the clock of Keycloak: the skew is how far ours is ahead of it.
    const nowSeconds = Math.floor(Date.now() / 1000) - (timeSkew ?? 0)
    return { access_token: token, expires_in: (tokenParsed?.exp ?? nowSeconds) - nowSeconds }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(offline()), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
