import { Component, inject, input, output } from '@angular/core'
import { MatIconButton } from '@angular/material/button'
import { MatDialog } from '@angular/material/dialog'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import type { Account, AccountKind } from '../../api/types.ts'
import { accountsTexts } from '../../texts/accounts.ts'
import { accountKinds } from '../../ui/account-line.ts'
import { Icon } from '../../ui/icon.ts'
import { RenameDialog, type Renaming } from '../../ui/rename-dialog.ts'

/** What can be done with an account in the list. */
@Component({
  selector: 'pf-account-menu',
  imports: [Icon, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger],
  template: `
    <button type="button" matIconButton [matMenuTriggerFor]="menu" [attr.aria-label]="texts.menu(account().name)" [title]="texts.menu(account().name)"><pf-icon name="more_horiz" /></button>
    <mat-menu #menu="matMenu" xPosition="before">
      <button mat-menu-item (click)="openRename()">{{ texts.rename }}</button>
      <button mat-menu-item [matMenuTriggerFor]="kindMenu">{{ texts.kind }}</button>
      @if (hidden()) { <button mat-menu-item (click)="show.emit()">{{ texts.show }}</button> }
      @else { <button mat-menu-item (click)="hide.emit()">{{ texts.hide }}</button> }
    </mat-menu>
    <mat-menu #kindMenu="matMenu">
      @for (kind of kinds; track kind) {
        <button mat-menu-item role="menuitemradio" [attr.aria-checked]="account().kind === kind" (click)="choose.emit(kind)"><span class="choice">{{ texts.kinds[kind] }}@if (account().kind === kind) { <pf-icon name="check" [small]="true" /> }</span></button>
      }
      @if (account().kind_source === 'user') { <button mat-menu-item (click)="choose.emit(null)">{{ texts.asBank }}</button> }
    </mat-menu>
  `,
  styles: '.choice { display: flex; align-items: center; justify-content: space-between; gap: 12px; }',
})
export class AccountMenu {
  readonly account = input.required<Account>()
  readonly hidden = input(false)
  readonly rename = output<string>()
  /** Null: the bank's word again. */
  readonly choose = output<AccountKind | null>()
  readonly hide = output<void>()
  readonly show = output<void>()
  readonly #dialog = inject(MatDialog)
  protected readonly texts = accountsTexts
  protected readonly kinds = accountKinds

  protected openRename(): void {
    const { name } = this.account()
    const { renameTitle, nameLabel: label, nameHint: hint } = accountsTexts
    const data: Renaming = { title: renameTitle(name), label, hint, name }
    this.#dialog
      .open<RenameDialog, Renaming, string>(RenameDialog, { data, width: '420px' })
      .afterClosed()
      .subscribe((name) => name && this.rename.emit(name))
  }
}
