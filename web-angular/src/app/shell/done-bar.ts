import { Component, effect, inject, signal } from '@angular/core'
import { texts } from '../texts.ts'
import { Done } from '../ui/done.ts'
import { Icon } from '../ui/icon.ts'

/** Long enough to read it and to reach the button; a pointer or the focus on it stops the clock (WCAG 2.2.1). */
const shownMs = 8000

/** What was just done, above the foot of the page, with the way back. */
@Component({
  selector: 'pf-done-bar',
  imports: [Icon],
  template: `
    <div role="status">
      @if (done.deed(); as deed) {
        <section [class.failed]="deed.kind === 'failed'" (pointerenter)="held.set(true)" (pointerleave)="held.set(false)" (focusin)="held.set(true)" (focusout)="held.set(false)">
          <span>{{ deed.text }}</span>
          @if (deed.back) { <button type="button" (click)="done.takeBack()">{{ texts.shell.takeBack }}</button> }
          <button type="button" class="close" [attr.aria-label]="texts.close" (click)="done.putAway()"><pf-icon name="close" [small]="true" /></button>
        </section>
      }
    </div>
  `,
  styles: `
    section { position: fixed; left: 50%; bottom: var(--pf-space-6); translate: -50% 0; z-index: 11; display: flex; align-items: center; gap: 8px; max-width: min(560px, 100vw - 32px); padding: 6px 6px 6px 16px; border-radius: var(--pf-radius-m); background: var(--pf-ink); color: var(--pf-surface); box-shadow: var(--pf-shadow-2); font: var(--pf-text-small); }
    span { flex: 1; min-width: 0; padding-block: 6px; overflow-wrap: anywhere; }
    button { min-width: 32px; min-height: 32px; padding: 0 10px; border: 0; border-radius: var(--pf-radius-s); background: none; color: inherit; font-weight: 600; text-decoration: underline; text-underline-offset: 3px; cursor: pointer; white-space: nowrap; }
    button:focus-visible { outline-color: currentcolor; }
    .close { display: grid; place-items: center; padding: 0; }
    @media (max-width: 719px) { section { bottom: calc(76px + env(safe-area-inset-bottom)); width: calc(100vw - 32px); } button { min-width: 44px; min-height: 44px; } }
  `,
})
export class DoneBar {
  protected readonly done = inject(Done)
  protected readonly texts = texts
  protected readonly held = signal(false)

  constructor() {
    effect((onCleanup) => {
      if (this.done.deed() === undefined) {
        this.held.set(false)
        return
      }
      if (this.held()) return
      const timer = setTimeout(() => this.done.putAway(), shownMs)
      onCleanup(() => clearTimeout(timer))
    })
  }
}
