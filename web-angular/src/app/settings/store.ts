import { computed, Injectable, inject, signal } from '@angular/core'
import { liveLoad } from '../api/load.ts'
import { Me } from '../api/me.ts'
import { Session } from '../api/session.ts'
import type { ApiScope, IssuedApiToken } from '../api/types.ts'
import { Commands } from './commands.ts'

/** Which card a command belongs to: what went wrong is said there. */
export type Part = 'password' | 'sessions' | 'tokens' | 'erase'

@Injectable()
export class SettingsStore {
  readonly #me = inject(Me)
  readonly #session = inject(Session)
  readonly username = computed(() => this.#session.user()?.username ?? '')

  readonly sessions = liveLoad(['session'], (ask) => this.#me.sessions(ask))
  readonly tokens = liveLoad([], (ask) => this.#me.tokens(ask))
  readonly events = liveLoad(['session'], (ask) => this.#me.events(ask))
  /** Shown until the person says that they have it. */
  readonly issued = signal<IssuedApiToken | undefined>(undefined)
  readonly passwordChanged = signal(false)
  readonly commands = new Commands<Part>()

  constructor() {
    for (const load of [this.sessions, this.tokens, this.events]) void load.load()
  }

  changePassword(current: string, fresh: string): Promise<boolean> {
    this.passwordChanged.set(false)
    return this.commands.say('password', async () => {
      await this.#me.changePassword(current, fresh)
      this.passwordChanged.set(true)
      await this.sessions.refresh()
    })
  }

  endSession(id: string): Promise<boolean> {
    return this.commands.say('sessions', async () => {
      await this.#me.endSession(id)
      await Promise.all([this.sessions.refresh(), this.events.refresh()])
    })
  }

  issueToken(name: string, scopes: readonly ApiScope[]): Promise<boolean> {
    return this.commands.say('tokens', async () => {
      this.issued.set(await this.#me.issueToken(name, scopes))
      await Promise.all([this.tokens.refresh(), this.events.refresh()])
    })
  }

  revokeToken(id: string): Promise<boolean> {
    return this.commands.say('tokens', async () => {
      await this.#me.revokeToken(id)
      await Promise.all([this.tokens.refresh(), this.events.refresh()])
    })
  }

  /** Accepted, it goes on without us: every session has ended by then. */
  erase(password: string): Promise<boolean> {
    return this.commands.say('erase', async () => {
      await this.#me.erase(password)
      await this.#session.signOut()
    })
  }
}
