import { Component, inject, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog'
import { MatRadioButton, MatRadioGroup } from '@angular/material/radio'
import { connectionsTexts } from '../../texts/connections.ts'
import { texts } from '../../texts.ts'

export type Removing = { bank: string; attempt: boolean }
export type Removal = 'keep' | 'erase'

/** Closes with what is to become of the bank's history; with nothing where it was left. An attempt has none yet. */
@Component({
  selector: 'pf-remove-dialog',
  imports: [
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatRadioButton,
    MatRadioGroup,
  ],
  template: `
    <h2 mat-dialog-title>{{ texts.removeTitle(data.bank) }}</h2>
    <mat-dialog-content>
      @if (data.attempt) {
        <p>{{ texts.removeAttempt }}</p>
      } @else {
        <p>{{ texts.removeText }}</p>
        <mat-radio-group [value]="removal()" (change)="removal.set($event.value)" [attr.aria-label]="texts.removeHistory">
          <mat-radio-button value="keep">{{ texts.keepHistory }}</mat-radio-button>
          <mat-radio-button value="erase">{{ texts.eraseHistory }}</mat-radio-button>
        </mat-radio-group>
        @if (removal() === 'erase') {
          <p role="status">{{ texts.eraseWords }}</p>
        }
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close cdkFocusInitial>{{ cancel }}</button>
      <button matButton="filled" type="button" [mat-dialog-close]="removal()">
        {{ removal() === 'erase' ? texts.removeAndErase : texts.remove }}
      </button>
    </mat-dialog-actions>
  `,
  styles: 'mat-radio-group { display: grid; margin-top: 8px; }',
})
export class RemoveDialog {
  protected readonly data = inject<Removing>(MAT_DIALOG_DATA)
  protected readonly texts = connectionsTexts
  protected readonly cancel = texts.cancel
  protected readonly removal = signal<Removal>('keep')
}
