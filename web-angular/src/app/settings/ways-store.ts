import { computed, effect, Injectable, inject, signal } from '@angular/core'
import { Auth } from '../api/auth.ts'
import { Following, liveLoad } from '../api/load.ts'
import { SignInWays } from '../api/sign-in-ways.ts'
import type { StartedTotp } from '../api/types.ts'
import { Commands } from './commands.ts'

/** How one signs in beside the password. */
@Injectable()
export class WaysStore {
  readonly #auth = inject(Auth)
  readonly #ways = inject(SignInWays)
  readonly commands = new Commands<'second' | 'passkeys'>()

  readonly hasPasskeys = this.#ways.hasPasskeys
  readonly config = liveLoad([], () => this.#auth.config())
  readonly second = liveLoad(['session'], (ask) => this.#ways.secondStep(ask))
  readonly passkeys = liveLoad(['session'], (ask) => this.#ways.passkeys(ask))
  readonly secondCard = new Following(this.config, this.second)
  readonly passkeysCard = new Following(this.config, this.passkeys)
  /** Where Keycloak keeps a second step and passkeys, in place of us. */
  readonly keptAt = computed(() => {
    const place = this.config.value()?.keycloak
    return place && `${place.url}/realms/${encodeURIComponent(place.realm)}/account/account-security/signing-in`
  })
  /** An app that is being set up: until it is confirmed, or not. */
  readonly started = signal<StartedTotp | undefined>(undefined)
  /** Shown until the person says that they have them. */
  readonly recoveryCodes = signal<readonly string[] | undefined>(undefined)

  constructor() {
    void this.config.load()
    effect(() => {
      if (this.config.value()?.mode === 'embedded') for (const load of [this.second, this.passkeys]) void load.load()
    })
  }

  beginApp(password: string): Promise<boolean> {
    return this.commands.say('second', async () => this.started.set(await this.#ways.beginApp(password)))
  }

  confirmApp(code: string): Promise<boolean> {
    return this.commands.say('second', async () => {
      const { recovery_codes } = await this.#ways.confirmApp(code)
      this.recoveryCodes.set(recovery_codes)
      this.started.set(undefined)
      await this.second.refresh()
    })
  }

  renewCodes(password: string): Promise<boolean> {
    return this.commands.say('second', async () => {
      this.recoveryCodes.set((await this.#ways.renewCodes(password)).recovery_codes)
      await this.second.refresh()
    })
  }

  turnOff(password: string, code: string): Promise<boolean> {
    return this.commands.say('second', async () => {
      await this.#ways.turnOff(password, code)
      await this.second.refresh()
    })
  }

  addPasskey(name: string, password: string): Promise<boolean> {
    return this.commands.say('passkeys', async () => {
      await this.#ways.addPasskey(name, password)
      await this.passkeys.refresh()
    })
  }

  renamePasskey(id: string, name: string): Promise<boolean> {
    return this.commands.say('passkeys', async () => {
      await this.#ways.renamePasskey(id, name)
      await this.passkeys.refresh()
    })
  }

  removePasskey(id: string, password: string): Promise<boolean> {
    return this.commands.say('passkeys', async () => {
      await this.#ways.removePasskey(id, password)
      await this.passkeys.refresh()
    })
  }
}
