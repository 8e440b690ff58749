import { Component, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { Strip } from './strip.ts'

/** In place of a form: the way to a page of somebody else's that asks for name and password. */
@Component({
  selector: 'pf-entry-door',
  imports: [MatButton, Strip],
  template: `
    <h1>{{ heading() }}</h1>
    @if (notice(); as text) { <pf-strip kind="info">{{ text }}</pf-strip> }
    @if (error(); as text) { <pf-strip kind="err">{{ text }}</pf-strip> }
    <button matButton="filled" class="tall" type="button" [disabled]="busy()" [disabledInteractive]="true" (click)="onLeave()">
      {{ busy() ? busyWord() : word() }}
    </button>
  `,
  styles: ':host { display: grid; gap: 20px; }',
})
export class EntryDoor {
  readonly heading = input.required<string>()
  readonly word = input.required<string>()
  readonly busyWord = input.required<string>()
  readonly busy = input(false)
  readonly error = input<string>()
  readonly notice = input<string>()
  readonly left = output<void>()

  protected onLeave(): void {
    if (!this.busy()) this.left.emit()
  }
}
