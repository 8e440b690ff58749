import { Component, inject, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { EntryForm } from '../ui/entry-form.ts'
import { EntryFrame } from '../ui/entry-frame.ts'
import { SecondStep } from './parts/second-step.ts'
import { SignInStore } from './store.ts'

@Component({
  selector: 'pf-sign-in',
  imports: [EntryForm, EntryFrame, RouterLink, SecondStep],
  providers: [SignInStore],
  template: `
    <pf-entry-frame>
      @if (store.second() !== undefined) {
        <pf-second-step [busy]="store.busy()" [error]="store.error()" (entered)="store.secondStep($event, next())" (back)="store.startOver()" />
      } @else {
        <pf-entry-form [heading]="texts.title" [submitWord]="texts.submit" [busyWord]="texts.busy" [busy]="store.busy()" [error]="store.error()"
          [notice]="store.notice()" (entered)="store.signIn($event, next())" />
        <p class="small muted">{{ texts.newHere }} <a routerLink="/register">{{ texts.register }}</a></p>
      }
    </pf-entry-frame>
  `,
})
export class SignInPage {
  /** Of the URL: where to go afterwards. */
  readonly next = input<string>()
  protected readonly store = inject(SignInStore)
  protected readonly texts = texts.signIn
}
