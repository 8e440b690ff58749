import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog'
import { texts } from '../texts.ts'

export type KeyGroup = { title: string; keys: readonly { keys: readonly string[]; does: string }[] }

/** What the keys of a page do. */
@Component({
  selector: 'pf-keys-sheet',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ data.title }}</h2>
    <mat-dialog-content>
      @for (group of data.groups; track group.title) {
        <h3>{{ group.title }}</h3>
        <dl>
          @for (one of group.keys; track one.does) {
            <dt>@for (key of one.keys; track $index) { <kbd>{{ key }}</kbd> }</dt>
            <dd>{{ one.does }}</dd>
          }
        </dl>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end"><button matButton type="button" mat-dialog-close cdkFocusInitial>{{ close }}</button></mat-dialog-actions>
  `,
  styles: `
    h3 { margin: 12px 0 4px; color: var(--pf-ink-2); font: var(--pf-text-small); }
    dl { display: grid; grid-template-columns: minmax(110px, auto) 1fr; gap: 6px 16px; align-items: baseline; color: var(--pf-ink); font: var(--pf-text-body); }
    dt { display: flex; flex-wrap: wrap; gap: 4px; }
    kbd { min-width: 24px; padding: 1px 6px; border: 1px solid var(--pf-line-strong); border-radius: var(--pf-radius-s); font: var(--pf-text-caption); text-align: center; }
  `,
})
export class KeysSheet {
  protected readonly data = inject<{ title: string; groups: readonly KeyGroup[] }>(MAT_DIALOG_DATA)
  protected readonly close = texts.close
}
