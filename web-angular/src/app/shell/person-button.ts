import { Component, computed, input } from '@angular/core'
import { texts } from '../texts.ts'
import { Icon } from '../ui/icon.ts'

/** What opens the person's menu: a round initial in the top bar, "More" in the bottom bar. */
@Component({
  selector: 'button[pf-person-button]',
  imports: [Icon],
  host: {
    '[class.round]': '!bar()',
    '[class.bar]': 'bar()',
    '[attr.aria-label]': 'bar() ? null : texts.shell.menu',
    '[attr.title]': 'bar() ? null : texts.shell.signedInAs(username())',
  },
  template: '@if (bar()) { <pf-icon name="menu" />{{ texts.nav.more }} } @else { {{ initial() }} }',
  styles: `
    :host { border: 0; padding: 0; cursor: pointer; }
    :host(.round) { width: 36px; height: 36px; border-radius: 50%; background: var(--pf-primary-soft); color: var(--pf-on-primary-soft); font: var(--pf-text-title-3); }
    :host(.bar) { display: grid; justify-items: center; gap: 2px; min-width: 0; padding: 8px 0 7px; background: none; font: var(--pf-text-caption); font-size: 11px; color: var(--pf-ink-2); }
    @media (max-width: 719px) { :host(.round) { display: none; } }
  `,
})
export class PersonButton {
  readonly username = input.required<string>()
  readonly bar = input(false)
  protected readonly texts = texts
  protected readonly initial = computed(() => this.username().charAt(0).toUpperCase())
}
