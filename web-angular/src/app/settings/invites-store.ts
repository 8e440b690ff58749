import { DestroyRef, Injectable, inject, signal } from '@angular/core'
import { Load } from '../api/load.ts'
import { Me } from '../api/me.ts'
import { Session } from '../api/session.ts'
import type { IssuedInvite } from '../api/types.ts'
import { Commands } from './commands.ts'

/** Who is invited: operators' alone, and asked for by nobody else. */
@Injectable()
export class InvitesStore {
  readonly #me = inject(Me)
  readonly isOperator = inject(Session).isOperator
  readonly invites = new Load((ask) => this.#me.invites(ask))
  /** Shown until the operator says that they have it. */
  readonly issued = signal<IssuedInvite | undefined>(undefined)
  readonly commands = new Commands<'invites'>()

  constructor() {
    if (this.isOperator()) void this.invites.load()
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
