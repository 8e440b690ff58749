import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog'
import { texts } from '../../texts.ts'

export type Removing = { bank: string; attempt: boolean }

/** Closes with `remove`; with nothing where it was left. Rows stay: erasing them is not built yet, so it is not offered. */
@Component({
  selector: 'pf-remove-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ texts.removeTitle(data.bank) }}</h2>
    <mat-dialog-content>{{ data.attempt ? texts.removeAttempt : texts.removeText }}</mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close cdkFocusInitial>{{ cancel }}</button>
      <button matButton="filled" type="button" mat-dialog-close="remove">{{ texts.remove }}</button>
    </mat-dialog-actions>
  `,
})
export class RemoveDialog {
  protected readonly data = inject<Removing>(MAT_DIALOG_DATA)
  protected readonly texts = texts.connections
  protected readonly cancel = texts.cancel
}
