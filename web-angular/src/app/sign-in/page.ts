import { Component, inject, input } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import type { AuthConfig } from '../api/types.ts'
import { signInTexts } from '../texts/entry.ts'
import { EntryDoor } from '../ui/entry-door.ts'
import { EntryForm } from '../ui/entry-form.ts'
import { EntryFrame } from '../ui/entry-frame.ts'
import { Icon } from '../ui/icon.ts'
import { SecondStep } from './parts/second-step.ts'
import { SignInStore } from './store.ts'

@Component({
  selector: 'pf-sign-in',
  imports: [EntryDoor, EntryForm, EntryFrame, Icon, MatButton, RouterLink, SecondStep],
  providers: [SignInStore],
  template: `
    <pf-entry-frame>
      @if (config()?.mode === 'keycloak') {
        <pf-entry-door [heading]="texts.title" [word]="texts.elsewhere" [busyWord]="texts.leaving" [busy]="store.busy()" [error]="store.error()"
          [notice]="store.notice()" (left)="store.leave(next())" />
        <p class="small muted">{{ texts.newHere }} <a routerLink="/register">{{ texts.register }}</a></p>
      } @else if (store.second() !== undefined) {
        <pf-second-step [busy]="store.busy()" [error]="store.error()" (entered)="store.secondStep($event, next())" [passkeys]="store.passkeys()" (passkey)="store.signInByPasskey(next())" (back)="store.startOver()" />
      } @else {
        <pf-entry-form [heading]="texts.title" [submitWord]="texts.submit" [busyWord]="texts.busy" [busy]="store.busy()" [error]="store.error()"
          [notice]="store.notice()" (entered)="store.signIn($event, next())" />
        @if (store.passkeys()) { <button matButton="outlined" class="tall" type="button" [disabled]="store.busy()" [disabledInteractive]="true" (click)="store.busy() || store.signInByPasskey(next())"><span class="flex"><pf-icon name="key" [small]="true" />{{ texts.passkey }}</span></button> }
        <p class="small muted">{{ texts.newHere }} <a routerLink="/register">{{ texts.register }}</a></p>
      }
    </pf-entry-frame>
  `,
})
export class SignInPage {
  /** Of the URL: where to go afterwards. */
  readonly next = input<string>()
  /** Of the route: who signs people in; unknown where nobody answered. */
  readonly config = input<AuthConfig>()
  protected readonly store = inject(SignInStore)
  protected readonly texts = signInTexts
}
