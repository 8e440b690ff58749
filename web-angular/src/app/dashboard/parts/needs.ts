import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../../texts.ts'
import { plainDay, whenText } from '../../ui/days.ts'
import { Icon } from '../../ui/icon.ts'
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
          <pf-icon [name]="line.failed ? 'error' : 'schedule'" [class]="line.failed ? 'bad' : 'att'" />
          <h3>{{ line.title }}</h3>
          <p>{{ line.text }}</p>
          <a routerLink="/connections" [fragment]="line.id">{{ line.go }}</a>
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

function lineOf({ kind, connection, days }: Need) {
  const bank = connection.friendly_name ?? connection.institution.name
  const next = connection.next_sync_at
  const words = {
    failed: {
      title: texts.needs.failed(bank),
      text: next ? texts.needs.failedNext(whenText(next)) : texts.needs.failedText,
      go: texts.needs.see,
    },
    ended: { title: texts.needs.ended(bank), text: texts.needs.endedText, go: texts.needs.renew },
    ends: {
      title: texts.needs.endsIn(bank, days),
      text: texts.needs.endsText(plainDay((connection.consent?.expires_at ?? '').slice(0, 10))),
      go: texts.needs.renew,
    },
  }[kind]
  return { id: connection.id, failed: kind === 'failed', ...words }
}
