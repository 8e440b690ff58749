import { Component, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { ApiScope, IssuedApiToken } from '../../api/types.ts'
import { settingsTexts } from '../../texts/settings.ts'
import { Strip } from '../../ui/strip.ts'

/** Makes a token, and shows the one that was just made until its owner has it. */
@Component({
  selector: 'pf-token-form',
  imports: [MatButton, Strip],
  template: `
    @if (issued(); as token) {
      <pf-strip kind="ok">{{ texts.shown }}<code tabindex="0">{{ token.token }}</code><span class="btns"><button matButton="outlined" type="button" (click)="copy(token.token)">{{ copied() ? texts.copied : texts.copy }}</button><button matButton type="button" (click)="done.emit()">{{ texts.done }}</button></span></pf-strip>
    } @else {
      <form novalidate (submit)="$event.preventDefault(); make(name)">
        <div class="field"><label for="token-name">{{ texts.name }}</label><span class="inp"><input #name id="token-name" maxlength="100" autocomplete="off" /></span></div>
        <fieldset><legend class="cap muted">{{ texts.scopesLabel }}</legend>@for (scope of scopes; track scope) { <label class="small"><input type="checkbox" [checked]="chosen().includes(scope)" (change)="toggle(scope)" /> {{ texts.scopes[scope] }}</label> }</fieldset>
        <div><button matButton="outlined" type="submit" [disabled]="busy() || chosen().length === 0">{{ texts.make }}</button></div>
      </form>
    }
  `,
  styles: `
    form { display: grid; gap: 12px; max-width: 420px; margin-top: 12px; } fieldset { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; border: 0; } legend { margin-bottom: 4px; }
    label.small { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; } input[type=checkbox] { width: 18px; height: 18px; accent-color: var(--pf-primary); }
    code { display: block; margin: 8px 0; font: var(--pf-text-code); overflow-wrap: anywhere; user-select: all; }
  `,
})
export class TokenForm {
  readonly issued = input<IssuedApiToken>()
  readonly busy = input(false)
  readonly issue = output<{ name: string; scopes: ApiScope[] }>()
  readonly done = output<void>()
  protected readonly texts = settingsTexts.tokens
  protected readonly scopes: readonly ApiScope[] = ['read', 'write', 'admin']
  protected readonly chosen = signal<ApiScope[]>(['read'])
  protected readonly copied = signal(false)

  protected toggle(scope: ApiScope): void {
    this.chosen.update((chosen) =>
      chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope],
    )
  }

  protected make(name: HTMLInputElement): void {
    const named = name.value.trim()
    if (named === '') name.focus()
    else this.issue.emit({ name: named, scopes: this.chosen() })
  }

  protected async copy(token: string): Promise<void> {
    await navigator.clipboard.writeText(token)
    this.copied.set(true)
  }
}
