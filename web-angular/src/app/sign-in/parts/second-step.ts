import { afterNextRender, Component, type ElementRef, input, output, viewChild } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { signInTexts } from '../../texts/entry.ts'
import { Strip } from '../../ui/strip.ts'

/** A code of the app, or one of the recovery codes: one field takes both. */
@Component({
  selector: 'pf-second-step',
  imports: [MatButton, Strip],
  template: `
    <form novalidate (submit)="$event.preventDefault(); busy() || entered.emit(field.value)">
      <h1>{{ texts.title }}</h1>
      @if (error(); as text) { <pf-strip kind="err" id="second-error">{{ text }}</pf-strip> }
      <div class="field">
        <label for="second-code">{{ texts.code }}</label>
        <span class="inp"><input #field id="second-code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="64" [attr.aria-describedby]="error() ? 'second-hint second-error' : 'second-hint'" /></span>
        <span class="hint" id="second-hint">{{ texts.hint }}</span>
      </div>
      <button matButton="filled" class="tall" type="submit" [disabled]="busy()" [disabledInteractive]="true">{{ texts.submit }}</button>
      @if (passkeys()) { <button matButton="outlined" class="tall" type="button" [disabled]="busy()" [disabledInteractive]="true" (click)="busy() || passkey.emit()">{{ texts.passkey }}</button> }
      <button matButton type="button" (click)="back.emit()">{{ texts.back }}</button>
    </form>
  `,
  styles: 'form { display: grid; gap: 20px; }',
})
export class SecondStep {
  readonly busy = input(false)
  readonly error = input<string>()
  readonly entered = output<string>()
  /** Whether one may be used here instead. */
  readonly passkeys = input(false)
  readonly passkey = output<void>()
  readonly back = output<void>()
  protected readonly texts = signInTexts.second
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field')

  constructor() {
    afterNextRender(() => this.field().nativeElement.focus())
  }
}
