import { DestroyRef, Injectable, inject, signal } from '@angular/core'
import { Load } from '../api/load.ts'
import { Me } from '../api/me.ts'
import type { IssuedInvite } from '../api/types.ts'
import { Commands } from './commands.ts'

/** Who is invited. */
@Injectable()
export class InvitesStore {
  readonly #me = inject(Me)
  /** For operators alone; others are refused and do not see the card. */
  readonly invites = new Load((ask) => this.#me.invites(ask))
  /** Shown until the operator says that they have it. */
  readonly issued = signal<IssuedInvite | undefined>(undefined)
  readonly commands = new Commands<'invites'>()

  constructor() {
    void this.invites.load()
    inject(DestroyRef).onDestroy(() => this.invites.stop())
  }

  issue(): Promise<boolean> {
    return this.commands.say('invites', async () => {
      this.issued.set(await this.#me.issueInvite())
      await this.invites.refresh()
    })
  }

  revoke(id: string): Promise<boolean> {
    return this.commands.say('invites', async () => {
      await this.#me.revokeInvite(id)
      if (this.issued()?.id === id) this.issued.set(undefined)
      await this.invites.refresh()
    })
  }
}
