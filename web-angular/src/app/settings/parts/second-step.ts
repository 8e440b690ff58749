import { Component, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { Mfa, StartedTotp } from '../../api/types.ts'
import { settingsTexts } from '../../texts/settings.ts'
import { QrCode } from '../../ui/qr-code.ts'
import { saveAs } from '../../ui/save-as.ts'
import { Strip } from '../../ui/strip.ts'

/** A code from an app beside the password: set up, recovery codes shown once, renewed, turned off. */
@Component({
  selector: 'pf-second-step-setup',
  imports: [MatButton, QrCode, Strip],
  template: `
    @if (incomplete()) { <pf-strip kind="err" class="in-card">{{ texts.incomplete }}</pf-strip> }
    @if (codes(); as codes) {
      <pf-strip kind="ok">{{ texts.codes }}</pf-strip>
      <ol class="codes" [attr.aria-label]="texts.title">@for (code of codes; track code) { <li><code>{{ code }}</code></li> }</ol>
      <div class="btns">
        <button matButton="outlined" type="button" (click)="copy(codes)">{{ copied() ? texts.copied : texts.copy }}</button>
        <button matButton="outlined" type="button" (click)="save(codes)">{{ texts.save }}</button>
        <button matButton type="button" (click)="copied.set(false); haveCodes.emit()">{{ texts.have }}</button>
      </div>
    } @else if (started(); as app) {
      <form novalidate (submit)="$event.preventDefault(); ask([code], () => confirm.emit(digits(code.value)))">
        <p class="small">{{ texts.scan }}</p>
        <div class="app">
          <div class="qr">@defer (on immediate) { <pf-qr-code [text]="app.otpauth_uri" [label]="texts.picture" /> }</div>
          <dl><dt>{{ texts.key }}</dt><dd><code tabindex="0">{{ spaced(app.secret) }}</code></dd></dl>
        </div>
        <div class="field"><label for="app-code">{{ texts.code }}</label><span class="inp"><input #code id="app-code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" /></span></div>
        <div class="btns"><button matButton="filled" type="submit" [disabled]="busy()">{{ texts.confirm }}</button><button matButton type="button" (click)="cancel.emit()">{{ texts.cancel }}</button></div>
      </form>
    } @else if (mfa().totp) {
      <p class="small">{{ texts.asks }} {{ texts.left(mfa().recovery_codes_left) }}@if (mfa().recovery_codes_left < 3) { {{ texts.few }} }</p>
      @switch (open()) {
        @case ('renew') {
          <form novalidate (submit)="$event.preventDefault(); ask([secret], () => renew.emit({ password: secret.value, done }))">
            <p class="small muted">{{ texts.renewAbout }}</p>
            <div class="field"><label for="renew-password">{{ texts.password }}</label><span class="inp"><input #secret id="renew-password" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
            <div class="btns"><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.renew }}</button><button matButton type="button" (click)="done()">{{ texts.cancel }}</button></div>
          </form>
        }
        @case ('off') {
          <form novalidate (submit)="$event.preventDefault(); ask([secret, code], () => turnOff.emit({ password: secret.value, code: digits(code.value), done }))">
            <p class="small muted">{{ texts.offAbout }}</p>
            <div class="field"><label for="off-password">{{ texts.password }}</label><span class="inp"><input #secret id="off-password" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
            <div class="field"><label for="off-code">{{ texts.code }}</label><span class="inp"><input #code id="off-code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" /></span></div>
            <div class="btns"><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.turnOff }}</button><button matButton type="button" (click)="done()">{{ texts.cancel }}</button></div>
          </form>
        }
        @default {
          <div class="btns"><button matButton="outlined" type="button" (click)="open.set('renew')">{{ texts.renew }}</button><button matButton type="button" (click)="open.set('off')">{{ texts.turnOff }}</button></div>
        }
      }
    } @else {
      <form novalidate (submit)="$event.preventDefault(); ask([secret], () => begin.emit(secret.value))">
        <p class="small muted">{{ texts.about }}</p>
        <div class="field"><label for="begin-password">{{ texts.password }}</label><span class="inp"><input #secret id="begin-password" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
        <div><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.begin }}</button></div>
      </form>
    }
  `,
  styles: `
    form { display: grid; gap: 16px; max-width: 420px; margin-top: 4px; } form p, dl, dd { margin: 0; } code { font: var(--pf-text-code); overflow-wrap: anywhere; }
    .app { display: flex; flex-wrap: wrap; gap: 16px; align-items: center; } .qr { width: 184px; aspect-ratio: 1; } dl { flex: 1; min-width: 150px; } dt { font: var(--pf-text-small); color: var(--pf-ink-2); } dd code { user-select: all; }
    .codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 6px 16px; margin: 12px 0; padding: 0; list-style: none; } .codes code { user-select: all; }
    .btns { margin-top: 4px; } p + .btns { margin-top: 12px; }
  `,
})
export class SecondStepSetup {
  readonly mfa = input.required<Mfa>()
  readonly started = input<StartedTotp>()
  readonly codes = input<readonly string[]>()
  readonly username = input('')
  readonly busy = input(false)
  readonly begin = output<string>()
  readonly confirm = output<string>()
  readonly cancel = output<void>()
  readonly haveCodes = output<void>()
  readonly renew = output<{ password: string; done: () => void }>()
  readonly turnOff = output<{ password: string; code: string; done: () => void }>()

  protected readonly texts = settingsTexts.second
  protected readonly open = signal<'renew' | 'off' | undefined>(undefined)
  protected readonly incomplete = signal(false)
  protected readonly copied = signal(false)
  protected readonly done = (): void => this.open.set(undefined)

  protected ask(fields: readonly HTMLInputElement[], emit: () => void): void {
    const empty = fields.find(({ value }) => value.trim() === '')
    this.incomplete.set(empty !== undefined)
    if (empty === undefined) emit()
    else empty.focus()
  }

  protected digits(said: string): string {
    return said.replaceAll(/\s/g, '')
  }

  /** Four letters at a time: nobody types 32 in a row. */
  protected spaced(secret: string): string {
    return secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
  }

  protected async copy(codes: readonly string[]): Promise<void> {
    await navigator.clipboard.writeText(codes.join('\n'))
    this.copied.set(true)
  }

  protected save(codes: readonly string[]): void {
    const text = [this.texts.fileHead(this.username()), '', ...codes, ''].join('\n')
    saveAs(new Blob([text], { type: 'text/plain' }), this.texts.fileName)
  }
}
