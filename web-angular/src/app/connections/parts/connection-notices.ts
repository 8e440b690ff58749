import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Account, Connection } from '../../api/types.ts'
import { connectionsTexts } from '../../texts/connections.ts'
import { proofTexts } from '../../texts/proof.ts'
import { plainDay } from '../../ui/days.ts'
import { Strip } from '../../ui/strip.ts'
import { missedDays } from '../look.ts'

/** What a person should know of a bank: what went wrong, what is old, what is not here, and what to do about it. */
@Component({
  selector: 'pf-connection-notices',
  imports: [RouterLink, Strip],
  template: `
    @if (trouble(); as trouble) { <pf-strip [kind]="trouble.kind">{{ trouble.text }}</pf-strip> }
    @for (one of connection().left_out ?? []; track one.reason) {
      <pf-strip kind="att">{{ texts.leftOut[one.reason](one.accounts) }}</pf-strip>
    }
    @if (stale(); as day) { <pf-strip kind="att">{{ texts.staleText(plainDay(day)) }}</pf-strip> }
    @for (days of missed(); track days.from + days.to) {
      <pf-strip kind="att">
        {{ texts.missedText(within(plainDay(days.from), plainDay(days.to)), days.accounts) }}
        <a routerLink="/imports">{{ texts.missedImport }}</a>
      </pf-strip>
    }
    @if (connection().reconfirmation; as due) {
      <pf-strip kind="att">{{ texts.reconfirmText(plainDay(due.due_at.slice(0, 10))) }} <a [href]="due.link">{{ texts.reconfirm }}</a></pf-strip>
    }
    @if (connection().demo && connection().status === 'active') { <pf-strip kind="info">{{ texts.demoText }}</pf-strip> }
  `,
  styles: ':host { display: contents; }',
})
export class ConnectionNotices {
  readonly connection = input.required<Connection>()
  readonly accounts = input.required<readonly Account[]>()
  /** A sync is under way: what the one before it ran into may be over. */
  readonly reading = input.required<boolean>()

  protected readonly texts = connectionsTexts
  protected readonly within = proofTexts.within
  protected readonly plainDay = plainDay

  protected readonly trouble = computed(() => {
    const { status, error, last_sync, left_out = [] } = this.connection()
    // An account that is left out has words of its own.
    const own = left_out.some(({ reason }) => reason === error?.code) ? undefined : error?.detail
    const detail = own ?? (last_sync?.status === 'failed' ? last_sync.error?.detail : undefined)
    if (status === 'expired') return { kind: 'att' as const, text: connectionsTexts.expiredText }
    if (status === 'revoked') return { kind: 'info' as const, text: connectionsTexts.revokedText }
    if (status === 'pending') return { kind: 'att' as const, text: connectionsTexts.pendingText }
    return detail && !this.reading() ? { kind: 'err' as const, text: connectionsTexts.failedText(detail) } : undefined
  })

  /** An ended consent explains the silence by itself. */
  protected readonly stale = computed(() =>
    ['active', 'expiring'].includes(this.connection().status)
      ? (this.connection().stale_since ?? undefined)
      : undefined,
  )
  protected readonly missed = computed(() => missedDays(this.connection(), this.accounts()))
}
