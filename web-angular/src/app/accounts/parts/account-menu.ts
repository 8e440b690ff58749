import { Component, inject, input, output } from '@angular/core'
import { MatIconButton } from '@angular/material/button'
import { MatDialog } from '@angular/material/dialog'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { accountsTexts } from '../../texts/accounts.ts'
import { Icon } from '../../ui/icon.ts'
import { RenameDialog, type Renaming } from '../../ui/rename-dialog.ts'

/** What can be done with an account in the list. */
@Component({
  selector: 'pf-account-menu',
  imports: [Icon, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger],
  template: `
    <button type="button" matIconButton [matMenuTriggerFor]="menu" [attr.aria-label]="texts.menu(name())" [title]="texts.menu(name())"><pf-icon name="more_horiz" /></button>
    <mat-menu #menu="matMenu" xPosition="before">
      <button mat-menu-item (click)="openRename()">{{ texts.rename }}</button>
      @if (hidden()) { <button mat-menu-item (click)="show.emit()">{{ texts.show }}</button> }
      @else { <button mat-menu-item (click)="hide.emit()">{{ texts.hide }}</button> }
    </mat-menu>
  `,
})
export class AccountMenu {
  readonly name = input.required<string>()
  readonly hidden = input(false)
  readonly rename = output<string>()
  readonly hide = output<void>()
  readonly show = output<void>()
  readonly #dialog = inject(MatDialog)
  protected readonly texts = accountsTexts

  protected openRename(): void {
    const { renameTitle, nameLabel: label, nameHint: hint } = accountsTexts
    const data: Renaming = { title: renameTitle(this.name()), label, hint, name: this.name() }
    this.#dialog
      .open<RenameDialog, Renaming, string>(RenameDialog, { data, width: '420px' })
      .afterClosed()
      .subscribe((name) => name && this.rename.emit(name))
  }
}
