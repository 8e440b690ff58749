import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../../texts.ts'
import { plainDay, whenText } from '../../ui/days.ts'
import { Icon } from '../../ui/icon.ts'
import { accountName } from '../../ui/row-line.ts'
import type { Need } from '../figures.ts'

/** At most three things, worst first, each with its way out. */
@Component({
  selector: 'pf-needs',
  imports: [Icon, RouterLink],
  template: `
    <ul>
      @if (held() > 0) {
        <li>
          <pf-icon name="info" class="att" />
          <h3>{{ words.held(held()) }}</h3>
          <p>{{ words.heldText }}</p>
          <a routerLink="/held">{{ words.decide }}</a>
        </li>
      }
      @for (line of lines(); track line.id) {
        <li>
          <pf-icon [name]="line.bad ? 'error' : 'schedule'" [class]="line.bad ? 'bad' : 'att'" />
          <h3>{{ line.title }}</h3>
          <p>{{ line.text }}</p>
          <a [routerLink]="line.to" [fragment]="line.fragment">{{ line.go }}</a>
        </li>
      }
    </ul>
  `,
  styles: `
    li { display: grid; grid-template-columns: 20px 1fr; gap: 2px 12px; padding: 12px 0; border-top: 1px solid var(--pf-line); }
    li:first-child { border-top: 0; padding-top: 2px; }
    .att { color: var(--pf-attention); } .bad { color: var(--pf-error); }
    h3 { font: var(--pf-text-body-strong); }
    p, a { grid-column: 2; font: var(--pf-text-small); }
    p { color: var(--pf-ink-2); }
    a { margin-top: 4px; font-weight: 550; justify-self: start; }
  `,
})
export class Needs {
  readonly needs = input.required<readonly Need[]>()
  /** Rows that wait for a decision. */
  readonly held = input(0)
  protected readonly words = texts.needs
  protected readonly lines = computed(() => this.needs().map(lineOf))
}

function lineOf(need: Need) {
  if (need.kind === 'gap') {
    const { account } = need
    const name = accountName(account)
    const text = texts.needs.gapText(account.proof.verified_to && plainDay(account.proof.verified_to))
    const to = `/accounts/${account.id}`
    return {
      id: `gap ${account.id}`,
      bad: true,
      title: texts.needs.gap(name),
      text,
      go: texts.needs.gapGo,
      to,
      fragment: undefined,
    }
  }
  const { connection, kind } = need
  const to = '/connections'
  return { id: connection.id, bad: kind === 'failed', ...wordsOf(need), to, fragment: connection.id }
}

function wordsOf({ kind, connection, days }: Exclude<Need, { kind: 'gap' }>) {
  const bank = connection.friendly_name ?? connection.institution.name
  const next = connection.next_sync_at
  const day = (instant = '') => plainDay(instant.slice(0, 10))
  switch (kind) {
    case 'failed': {
      const text = next ? texts.needs.failedNext(whenText(next)) : texts.needs.failedText
      return { title: texts.needs.failed(bank), text, go: texts.needs.see }
    }
    case 'ended':
      return { title: texts.needs.ended(bank), text: texts.needs.endedText, go: texts.needs.renew }
    case 'confirm': {
      const text = texts.needs.confirmText(day(connection.reconfirmation?.due_at))
      return { title: texts.needs.confirm(bank), text, go: texts.needs.confirmGo }
    }
    case 'ends': {
      const text = texts.needs.endsText(day(connection.consent?.expires_at))
      return { title: texts.needs.endsIn(bank, days), text, go: texts.needs.renew }
    }
    case 'stale': {
      const text = texts.needs.staleText(day(connection.stale_since ?? ''))
      return { title: texts.needs.stale(bank), text, go: texts.needs.see }
    }
  }
}
