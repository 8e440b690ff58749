import { Component, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { settingsTexts } from '../../texts/settings.ts'
import { Strip } from '../../ui/strip.ts'

/** The current password and a new one; emptied once it is changed. */
@Component({
  selector: 'pf-password-form',
  imports: [MatButton, Strip],
  template: `
    <form novalidate (submit)="$event.preventDefault(); submit(current, fresh)">
      @if (incomplete()) { <pf-strip kind="err">{{ texts.incomplete }}</pf-strip> }
      <div class="field"><label for="current-password">{{ texts.current }}</label><span class="inp"><input #current id="current-password" type="password" autocomplete="current-password" maxlength="1024" /></span></div>
      <div class="field"><label for="new-password">{{ texts.new }}</label><span class="inp"><input #fresh id="new-password" type="password" autocomplete="new-password" maxlength="1024" aria-describedby="new-hint" /></span><span class="hint" id="new-hint">{{ texts.hint }}</span></div>
      <div><button matButton="outlined" type="submit" [disabled]="busy()">{{ texts.change }}</button></div>
    </form>
  `,
  styles: 'form { display: grid; gap: 16px; max-width: 420px; }',
})
export class PasswordForm {
  readonly busy = input(false)
  readonly change = output<{ current: string; fresh: string; done: () => void }>()
  protected readonly texts = settingsTexts.password
  protected readonly incomplete = signal(false)

  protected submit(current: HTMLInputElement, fresh: HTMLInputElement): void {
    this.incomplete.set(current.value === '' || fresh.value.length < 8)
    if (this.incomplete()) return
    const done = () => {
      current.value = ''
      fresh.value = ''
    }
    this.change.emit({ current: current.value, fresh: fresh.value, done })
  }
}
