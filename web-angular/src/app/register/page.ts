import { Component, type ElementRef, inject, input, viewChild } from '@angular/core'
import { RouterLink } from '@angular/router'
import { registerTexts } from '../texts/entry.ts'
import { type Entry, EntryForm } from '../ui/entry-form.ts'
import { EntryFrame } from '../ui/entry-frame.ts'
import { RegisterStore } from './store.ts'

@Component({
  selector: 'pf-register',
  imports: [EntryForm, EntryFrame, RouterLink],
  providers: [RegisterStore],
  template: `
    <pf-entry-frame>
      <pf-entry-form [heading]="texts.title" [submitWord]="texts.submit" [busyWord]="texts.busy" [busy]="store.busy()" [error]="store.error()"
        [fresh]="true" [nameHint]="texts.nameHint" [passwordHint]="texts.passwordHint" (entered)="register($event)">
        @if (store.asksForInvite() || invite()) {
          <div class="field">
            <label for="invite">{{ texts.invite }}</label>
            <span class="inp"><input #code id="invite" name="invite" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64" aria-describedby="invite-hint" [value]="invite() ?? ''" /></span>
            <span class="hint" id="invite-hint">{{ texts.inviteHint }}</span>
          </div>
        }
      </pf-entry-form>
      <p class="small muted">{{ texts.known }} <a routerLink="/sign-in">{{ texts.signIn }}</a></p>
    </pf-entry-frame>
  `,
})
export class RegisterPage {
  /** Of the URL: a link that somebody was sent. */
  readonly invite = input<string>()
  protected readonly store = inject(RegisterStore)
  protected readonly texts = registerTexts
  protected readonly code = viewChild<ElementRef<HTMLInputElement>>('code')

  protected register(entry: Entry): Promise<void> {
    const invite = this.code()?.nativeElement.value.trim()
    return this.store.register(invite ? { ...entry, invite } : entry)
  }
}
