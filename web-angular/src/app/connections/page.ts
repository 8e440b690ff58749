import { Component, effect, inject, input, untracked } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { connectionsTexts } from '../texts/connections.ts'
import { texts } from '../texts.ts'
import { Blocks } from '../ui/blocks.ts'
import { plainDay } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { ConnectionCard } from './parts/connection-card.ts'
import { ConnectionsStore, outcomes } from './store.ts'

@Component({
  selector: 'pf-connections',
  imports: [Blocks, ConnectionCard, Empty, Icon, MatButton, PageHead, RouterLink, Strip],
  providers: [ConnectionsStore],
  templateUrl: './page.html',
  styles: `
    .note { margin-bottom: var(--pf-gutter); }
    .warn { color: var(--pf-attention); } .bad { color: var(--pf-error); }
  `,
})
export class ConnectionsPage {
  /** Of the URL, after the return from the bank. */
  readonly connection = input<string>()
  readonly outcome = input<string>()
  readonly error = input<string>()
  readonly position = input<string>()

  protected readonly store = inject(ConnectionsStore)
  protected readonly texts = connectionsTexts
  protected readonly dashboard = texts.dashboard
  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly problemText = problemText
  protected readonly plainDay = plainDay

  constructor() {
    effect(() => {
      const outcome = outcomes.find((one) => one === this.outcome())
      const id = this.connection() ?? ''
      const [reason, position] = [this.error(), this.position()]
      if (outcome) untracked(() => this.store.returned({ id, outcome, reason, position }))
    })
  }

  protected errorOf(id: string): string | undefined {
    const doing = this.store.doing(id)
    return doing.status === 'failed' ? doing.text : undefined
  }
}
