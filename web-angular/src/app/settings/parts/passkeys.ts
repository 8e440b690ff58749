import { Component, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { Passkey } from '../../api/types.ts'
import { settingsTexts } from '../../texts/settings.ts'
import { whenText } from '../../ui/days.ts'
import { Empty } from '../../ui/empty.ts'
import { Icon } from '../../ui/icon.ts'
import { Strip } from '../../ui/strip.ts'

type Open = { id: string; as: 'rename' | 'remove' }

/** One's passkeys: which there are, another name for one, away with one, one more. */
@Component({
  selector: 'pf-passkeys',
  imports: [Empty, Icon, MatButton, Strip],
  template: `
    <p class="small muted">{{ texts.about }}</p>
    @if (incomplete()) { <pf-strip kind="err" class="in-card">{{ texts.incomplete }}</pf-strip> }
    @if (passkeys().length > 0) {
      <ul class="list">
        @for (passkey of passkeys(); track passkey.id) {
          <li>
            <span class="grow"><span class="name">{{ passkey.name }}@if (passkey.synced) { &ngsp;<span class="pill">{{ texts.synced }}</span> }</span><span class="sub">{{ texts.made(whenText(passkey.created_at)) }} · {{ passkey.last_used_at ? texts.used(whenText(passkey.last_used_at)) : texts.neverUsed }}</span></span>
            <button type="button" class="icon-btn" [attr.aria-label]="texts.rename(passkey.name)" [title]="texts.rename(passkey.name)" (click)="open.set({ id: passkey.id, as: 'rename' })"><pf-icon name="edit" [small]="true" /></button>
            <button type="button" class="icon-btn" [attr.aria-label]="texts.remove(passkey.name)" [title]="texts.remove(passkey.name)" (click)="open.set({ id: passkey.id, as: 'remove' })"><pf-icon name="delete" [small]="true" /></button>
          </li>
          @if (open()?.id === passkey.id) {
            <li class="asked">
              @if (open()?.as === 'rename') {
                <form novalidate (submit)="$event.preventDefault(); named(field, passkey.id)">
                  <div class="field"><label for="passkey-rename">{{ texts.newName }}</label><span class="inp"><input #field id="passkey-rename" maxlength="100" autocomplete="off" [value]="passkey.name" /></span></div>
                  <div class="btns"><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.save }}</button><button matButton type="button" (click)="done()">{{ texts.cancel }}</button></div>
                </form>
              } @else {
                <form novalidate (submit)="$event.preventDefault(); gone(secret, passkey.id)">
                  <p class="small">{{ texts.removeAbout(passkey.name) }}</p>
                  <div class="field"><label for="passkey-remove">{{ texts.password }}</label><span class="inp"><input #secret id="passkey-remove" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
                  <div class="btns"><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.confirm }}</button><button matButton type="button" (click)="done()">{{ texts.cancel }}</button></div>
                </form>
              }
            </li>
          }
        }
      </ul>
    } @else { <pf-empty [text]="texts.none" /> }
    @if (able() && open() === undefined) {
      <form novalidate (submit)="$event.preventDefault(); made(name, secret)">
        <div class="field"><label for="passkey-name">{{ texts.name }}</label><span class="inp"><input #name id="passkey-name" maxlength="100" autocomplete="off" aria-describedby="passkey-name-hint" /></span><span class="hint" id="passkey-name-hint">{{ texts.nameHint }}</span></div>
        <div class="field"><label for="passkey-password">{{ texts.password }}</label><span class="inp"><input #secret id="passkey-password" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
        <div><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.add }}</button></div>
      </form>
    } @else if (!able()) { <p class="small muted">{{ texts.unable }}</p> }
  `,
  styles: `
    form { display: grid; gap: 16px; max-width: 420px; margin-top: 12px; } form p { margin: 0; } .list { margin-top: 8px; } li.asked { border-top: 0; } li.asked form { flex: 1; margin: 0 0 12px; }
    .icon-btn { width: var(--pf-control); height: var(--pf-control); display: grid; place-items: center; border: 0; background: none; color: var(--pf-ink-2); border-radius: var(--pf-radius-m); cursor: pointer; flex: none; }
    .pill { padding-left: 8px; }
  `,
})
export class PasskeyList {
  readonly passkeys = input.required<readonly Passkey[]>()
  /** This browser makes passkeys for this address. */
  readonly able = input(true)
  readonly busy = input(false)
  readonly add = output<{ name: string; password: string; done: () => void }>()
  readonly rename = output<{ id: string; name: string; done: () => void }>()
  readonly remove = output<{ id: string; password: string; done: () => void }>()

  protected readonly texts = settingsTexts.passkeys
  protected readonly whenText = whenText
  protected readonly open = signal<Open | undefined>(undefined)
  protected readonly incomplete = signal(false)
  protected readonly done = (): void => this.open.set(undefined)

  protected named(field: HTMLInputElement, id: string): void {
    const name = field.value.trim()
    if (name === '') field.focus()
    else this.rename.emit({ id, name, done: this.done })
  }

  protected gone(secret: HTMLInputElement, id: string): void {
    if (secret.value === '') secret.focus()
    else this.remove.emit({ id, password: secret.value, done: this.done })
  }

  protected made(name: HTMLInputElement, secret: HTMLInputElement): void {
    const named = name.value.trim()
    this.incomplete.set(named === '' || secret.value === '')
    if (this.incomplete()) return
    const done = () => {
      name.value = ''
      secret.value = ''
    }
    this.add.emit({ name: named, password: secret.value, done })
  }
}
