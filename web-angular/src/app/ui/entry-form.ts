import { Component, computed, type ElementRef, input, output, signal, viewChild } from '@angular/core'
import { MatButton, MatIconButton } from '@angular/material/button'
import { signInTexts } from '../texts/entry.ts'
import { Icon } from './icon.ts'
import { Strip } from './strip.ts'

export type Entry = { username: string; password: string }

/** Name and password. It says what is wrong in one strip, never which of the two. */
@Component({
  selector: 'pf-entry-form',
  imports: [Icon, MatButton, MatIconButton, Strip],
  template: `
    <form novalidate (submit)="$event.preventDefault(); onSubmit()">
      <h1>{{ heading() }}</h1>
      @if (notice(); as text) { <pf-strip kind="info">{{ text }}</pf-strip> }
      @if (error(); as text) { <pf-strip kind="err" id="entry-error">{{ text }}</pf-strip> }
      <div class="field">
        <label for="username">{{ texts.name }}</label>
        <span class="inp"><input #name id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="50" required
            [attr.aria-describedby]="described('name-hint')" /></span>
        @if (nameHint(); as hint) { <span class="hint" id="name-hint">{{ hint }}</span> }
      </div>
      <div class="field">
        <label for="password">{{ texts.password }}</label>
        <span class="inp">
          <input #secret id="password" name="password" maxlength="1024" required [type]="shown() ? 'text' : 'password'"
            [autocomplete]="fresh() ? 'new-password' : 'current-password'" [attr.aria-describedby]="described('password-hint')" />
          <button matIconButton type="button" [attr.aria-label]="shown() ? texts.hidePassword : texts.showPassword" (click)="shown.set(!shown())">
            <pf-icon [name]="shown() ? 'visibility_off' : 'visibility'" />
          </button>
        </span>
        @if (passwordHint(); as hint) { <span class="hint" id="password-hint">{{ hint }}</span> }
      </div>
      <ng-content />
      <button matButton="filled" class="tall" type="submit" [disabled]="busy()" [disabledInteractive]="true">{{ busy() ? busyWord() : submitWord() }}</button>
    </form>
  `,
  styles: 'form { display: grid; gap: 20px; }',
})
export class EntryForm {
  readonly heading = input.required<string>()
  readonly submitWord = input.required<string>()
  readonly busyWord = input.required<string>()
  readonly busy = input(false)
  readonly fresh = input(false)
  readonly error = input<string>()
  readonly notice = input<string>()
  readonly nameHint = input<string>()
  readonly passwordHint = input<string>()
  readonly entered = output<Entry>()

  protected readonly texts = signInTexts
  protected readonly shown = signal(false)
  protected readonly hasError = computed(() => this.error() !== undefined)
  protected readonly name = viewChild.required<ElementRef<HTMLInputElement>>('name')
  protected readonly secret = viewChild.required<ElementRef<HTMLInputElement>>('secret')

  protected described(hint: string): string | null {
    const known = hint === 'name-hint' ? this.nameHint() : this.passwordHint()
    return [known ? hint : '', this.hasError() ? 'entry-error' : ''].filter(Boolean).join(' ') || null
  }

  protected onSubmit(): void {
    if (this.busy()) return
    this.entered.emit({ username: this.name().nativeElement.value.trim(), password: this.secret().nativeElement.value })
  }
}
