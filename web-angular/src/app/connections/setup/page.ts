import { Component, inject, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { setupTexts } from '../../texts/provider-setup.ts'
import { Card } from '../../ui/card.ts'
import { Empty } from '../../ui/empty.ts'
import { Icon } from '../../ui/icon.ts'
import { PageHead } from '../../ui/page-head.ts'
import { problemText } from '../../ui/problem-text.ts'
import { Strip } from '../../ui/strip.ts'
import { SetupStore } from './store.ts'

/** From no keys to a list of banks: which provider, where its keys are, the redirect URL, the keys, what a check says. */
@Component({
  selector: 'pf-provider-setup',
  imports: [Card, Empty, Icon, MatButton, PageHead, RouterLink, Strip],
  providers: [SetupStore],
  templateUrl: './page.html',
  styles: `
    .lead { max-width: 72ch; margin-bottom: var(--pf-gutter); }
    .kind { display: flex; gap: 12px; padding: 12px 0; border-top: 1px solid var(--pf-line); cursor: pointer; } .kind:first-of-type { border-top: 0; }
    .kind input { width: 18px; height: 18px; margin: 1px 0 0; accent-color: var(--pf-primary); flex: none; }
    .steps { display: grid; gap: var(--pf-gutter); margin-top: var(--pf-gutter); counter-reset: step; }
    .steps > li > h2::before { counter-increment: step; content: counter(step) '. '; color: var(--pf-ink-3); }
    .steps > li > * + * { margin-top: 12px; }
    .todo { list-style: decimal; padding-left: 20px; } .todo li { padding: 2px 0; }
    .address { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
    code { padding: 8px 12px; border-radius: var(--pf-radius-m); background: var(--pf-sunk); font: var(--pf-text-code); overflow-wrap: anywhere; user-select: all; }
    form { display: grid; gap: 12px; max-width: 560px; }
    textarea { width: 100%; padding: 8px 12px; border: 1px solid var(--pf-line-strong); border-radius: var(--pf-radius-m); background: var(--pf-surface); color: var(--pf-ink); font: var(--pf-text-code); resize: vertical; }
    .good { color: var(--pf-in); } .bad { color: var(--pf-error); }
    .found { display: grid; gap: 12px; justify-items: start; } .found > pf-strip, .found > ul { justify-self: stretch; }
  `,
})
export class ProviderSetupPage {
  protected readonly store = inject(SetupStore)
  protected readonly texts = setupTexts
  protected readonly problemText = problemText
  protected readonly copied = signal<'yes' | 'no' | undefined>(undefined)
  protected readonly missing = signal<string | undefined>(undefined)

  protected fieldsOf(fields: object) {
    return Object.entries(fields as Record<string, string>).map(([name, label]) => ({
      name,
      label,
      long: name === 'private_key',
      secret: name.endsWith('key'),
    }))
  }

  /** Providers refuse it, and say so only when somebody comes back from a bank. */
  protected plain(address: string): boolean {
    return address.startsWith('http://') && !/^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(address)
  }

  protected async copy(address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address)
      this.copied.set('yes')
    } catch {
      // No clipboard without https, or it was refused: the address can be marked by one press.
      this.copied.set('no')
    }
  }

  protected async put(id: string, form: HTMLFormElement): Promise<void> {
    const keys: Record<string, string> = {}
    for (const [name, value] of new FormData(form)) keys[name] = String(value).trim()
    const empty = Object.keys(keys).find((name) => keys[name] === '')
    const label = empty && form.querySelector(`label[for=${empty}]`)?.textContent
    this.missing.set(label ? setupTexts.missing(label) : undefined)
    // A secret that was taken has no business in the page any longer.
    if (!label && (await this.store.put(id, keys))) form.reset()
  }
}
