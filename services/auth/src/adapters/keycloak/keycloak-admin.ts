import { setTimeout as wait } from 'node:timers/promises'
import { refuse } from '@pf/contracts'
import type { Clock } from '@pf/eventing'
import { type Answer, isAway, type KeycloakHttp } from './keycloak-http.ts'
import type { KeycloakSettings } from './keycloak-settings.ts'
import { unexpected } from './keycloak-tokens.ts'

/** A token that ends sooner than this is not used any more. */
const leadMs = 10_000
const deleteAttempts = 4

/** Keycloak's Admin REST, asked as the service account `identity-admin`, which may manage users and nothing else. */
export class KeycloakAdmin {
  readonly #http: KeycloakHttp
  readonly #realm: string
  readonly #client: KeycloakSettings['admin']
  readonly #clock: Clock
  #token: { text: string; endsAtMs: number } | undefined

  constructor(http: KeycloakHttp, { realm, admin }: Pick<KeycloakSettings, 'realm' | 'admin'>, clock: Clock) {
    this.#http = http
    this.#realm = encodeURIComponent(realm)
    this.#client = admin
    this.#clock = clock
  }

  /** Answers Keycloak's id of the user; undefined where the name is taken. Throws invalid_input. */
  async createUser(username: string, password: string): Promise<string | undefined> {
    const credentials = [{ type: 'password', value: password, temporary: false }]
    const answer = await this.#ask('POST', '/users', { username, enabled: true, credentials })
    if (answer.status === 409) return undefined
    if (answer.status === 400) throw refused(answer.body)
    const id = answer.location?.split('/').at(-1)
    if (answer.status !== 201 || !id) throw unexpected('creating a user', answer)
    return id
  }

  /** Throws invalid_input where the realm's password policy refuses it. */
  async setPassword(subject: string, password: string): Promise<void> {
    const path = `/users/${encodeURIComponent(subject)}/reset-password`
    const answer = await this.#ask('PUT', path, { type: 'password', value: password, temporary: false })
    if (answer.status === 400) throw refused(answer.body)
    if (answer.status !== 204) throw unexpected('setting a password', answer)
  }

  async usernameOf(subject: string): Promise<string | undefined> {
    const answer = await this.#ask('GET', `/users/${encodeURIComponent(subject)}`)
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw unexpected('a user', answer)
    return (answer.body as { username: string }).username
  }

  async subjectOf(username: string): Promise<string | undefined> {
    const answer = await this.#ask('GET', `/users?exact=true&username=${encodeURIComponent(username)}`)
    if (answer.status !== 200) throw unexpected('users', answer)
    return (answer.body as { id: string }[])[0]?.id
  }

  /** Repeated: Keycloak answers 500 while it still ends the sessions of the user whom it is asked to delete. */
  async deleteUser(subject: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#delete(`/users/${encodeURIComponent(subject)}`, 'deleting a user')
      } catch (error) {
        if (!isAway(error) || attempt === deleteAttempts) throw error
        await wait(attempt * 250)
      }
    }
  }

  async endSession(sid: string): Promise<void> {
    await this.#delete(`/sessions/${encodeURIComponent(sid)}`, 'ending a session')
  }

  async #delete(path: string, what: string): Promise<void> {
    const answer = await this.#ask('DELETE', path)
    if (answer.status !== 204 && answer.status !== 404) throw unexpected(what, answer)
  }

  async #ask(method: string, path: string, body?: object): Promise<Answer> {
    for (const fresh of [false, true]) {
      const headers = { authorization: `Bearer ${await this.#authorized(fresh)}`, 'content-type': 'application/json' }
      const answer = await this.#http.ask(method, `/admin/realms/${this.#realm}${path}`, {
        headers,
        ...(body && { body: JSON.stringify(body) }),
      })
      // Keycloak was started anew, say, and knows the token no more.
      if (answer.status !== 401 || fresh) return answer
    }
    throw new Error('Unreachable: the second answer is returned whatever it is.')
  }

  async #authorized(fresh: boolean): Promise<string> {
    const nowMs = this.#clock.now().getTime()
    if (!fresh && this.#token !== undefined && this.#token.endsAtMs > nowMs) return this.#token.text
    const { id: client_id, secret: client_secret } = this.#client
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
    const answer = await this.#http.ask('POST', `/realms/${this.#realm}/protocol/openid-connect/token`, { body })
    if (answer.status !== 200) throw unexpected('the client identity-admin', answer)
    const { access_token, expires_in } = answer.body as { access_token: string; expires_in: number }
    this.#token = { text: access_token, endsAtMs: nowMs + expires_in * 1000 - leadMs }
    return access_token
  }
}

/** In Keycloak's words where it is the password (they name the policy, never the password), in ours where it is the name. */
function refused(body: unknown) {
  const { error = '', error_description: words } = (body ?? {}) as { error?: string; error_description?: string }
  if (/^invalidPassword/.test(error) && words) return refuse('invalid_input', `${words} Choose another one.`)
  return refuse(
    'invalid_input',
    'This user name has blanks or marks that cannot stand in one here. Choose letters, digits, and . _ - alone.',
  )
}
