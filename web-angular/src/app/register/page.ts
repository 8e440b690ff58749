import { Component, inject } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { EntryForm } from '../ui/entry-form.ts'
import { EntryFrame } from '../ui/entry-frame.ts'
import { RegisterStore } from './store.ts'

@Component({
  selector: 'pf-register',
  imports: [EntryForm, EntryFrame, RouterLink],
  providers: [RegisterStore],
  template: `
    <pf-entry-frame>
      <pf-entry-form [heading]="texts.title" [submitWord]="texts.submit" [busyWord]="texts.busy" [busy]="store.busy()" [error]="store.error()"
        [fresh]="true" [nameHint]="texts.nameHint" [passwordHint]="texts.passwordHint" (entered)="store.register($event)" />
      <p class="small muted">{{ texts.known }} <a routerLink="/sign-in">{{ texts.signIn }}</a></p>
    </pf-entry-frame>
  `,
})
export class RegisterPage {
  protected readonly store = inject(RegisterStore)
  protected readonly texts = texts.register
}
