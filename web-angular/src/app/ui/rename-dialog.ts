import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog'
import { texts } from '../texts.ts'

export type Renaming = { title: string; label: string; hint: string; name: string }

/** Closes with the new name; with nothing where it was left. */
@Component({
  selector: 'pf-rename-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ data.title }}</h2>
    <form (submit)="$event.preventDefault(); save(field.value)">
      <mat-dialog-content>
        <div class="field">
          <label for="new-name">{{ data.label }}</label>
          <span class="inp"><input #field id="new-name" maxlength="100" autocomplete="off" [value]="data.name" aria-describedby="new-name-hint" cdkFocusInitial /></span>
          <span class="hint" id="new-name-hint">{{ data.hint }}</span>
        </div>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" mat-dialog-close>{{ cancel }}</button>
        <button matButton="filled" type="submit">{{ saveWord }}</button>
      </mat-dialog-actions>
    </form>
  `,
})
export class RenameDialog {
  protected readonly data = inject<Renaming>(MAT_DIALOG_DATA)
  readonly #ref = inject<MatDialogRef<RenameDialog, string>>(MatDialogRef)
  protected readonly cancel = texts.cancel
  protected readonly saveWord = texts.save

  protected save(name: string): void {
    const trimmed = name.trim()
    if (trimmed !== '') this.#ref.close(trimmed === this.data.name ? undefined : trimmed)
  }
}
