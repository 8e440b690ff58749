import { Component, computed, inject, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { MatDialog } from '@angular/material/dialog'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { RouterLink } from '@angular/router'
import type { Account, Connection, Sync } from '../../api/types.ts'
import { connectionsTexts } from '../../texts/connections.ts'
import { BankMark } from '../../ui/bank-mark.ts'
import { whenText } from '../../ui/days.ts'
import { Icon } from '../../ui/icon.ts'
import { MoneyText } from '../../ui/money.ts'
import { DemoPill } from '../../ui/pills.ts'
import { ProofBadge } from '../../ui/proof.ts'
import { RenameDialog, type Renaming } from '../../ui/rename-dialog.ts'
import { Strip } from '../../ui/strip.ts'
import { bankName, lastRead, pillOf } from '../look.ts'
import { ConnectionNotices } from './connection-notices.ts'
import { ConsentMeter } from './consent-meter.ts'
import { Quota } from './quota.ts'
import { type Removal, RemoveDialog, type Removing } from './remove-dialog.ts'

/** One bank: where it stands, until when, what it holds, what is left of today's calls, and what can be done. */
@Component({
  selector: 'pf-connection-card',
  imports: [
    BankMark,
    ConnectionNotices,
    ConsentMeter,
    DemoPill,
    Icon,
    MatButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    MoneyText,
    ProofBadge,
    Quota,
    RouterLink,
    Strip,
  ],
  host: { class: 'card', role: 'region', '[attr.aria-label]': 'name()', '[id]': 'connection().id' },
  templateUrl: './connection-card.html',
  styleUrl: './connection-card.css',
})
export class ConnectionCard {
  readonly connection = input.required<Connection>()
  readonly accounts = input.required<readonly Account[]>()
  readonly syncs = input.required<readonly Sync[]>()
  readonly running = input.required<readonly Sync[]>()
  readonly names = input.required<ReadonlyMap<string, string>>()
  readonly busy = input(false)
  readonly online = input(true)
  readonly error = input<string>()
  readonly sync = output<void>()
  readonly renew = output<void>()
  readonly nextDay = output<void>()
  readonly rename = output<string>()
  readonly remove = output<Removal>()

  readonly #dialog = inject(MatDialog)
  protected readonly texts = connectionsTexts
  protected readonly whenText = whenText
  protected readonly name = computed(() => bankName(this.connection()))
  protected readonly pill = computed(() => pillOf(this.connection()))
  protected readonly canSync = computed(() => ['active', 'expiring'].includes(this.connection().status))
  protected readonly canRenew = computed(() =>
    ['expiring', 'expired', 'active', 'failed'].includes(this.connection().status),
  )
  protected readonly mustRenew = computed(() => ['expiring', 'expired'].includes(this.connection().status))
  protected readonly blocked = computed(() => this.connection().sync_held ?? undefined)
  protected readonly idle = computed(() => this.online() && !this.busy())

  protected readonly line = computed(() => {
    const { accounts, next_sync_at, demo } = this.connection()
    const read = lastRead(this.connection(), this.syncs())
    const words = [
      accounts.length > 0 &&
        (demo ? connectionsTexts.invented(accounts.length) : connectionsTexts.accounts(accounts.length)),
    ]
    if (this.running().length > 0) words.push(connectionsTexts.reading)
    else words.push(read !== undefined && connectionsTexts.lastRead(whenText(read)))
    return [...words, next_sync_at !== null && this.canSync() && connectionsTexts.next(whenText(next_sync_at))]
      .filter(Boolean)
      .join(' · ')
  })

  protected openRename(): void {
    const { renameTitle, nameLabel: label, nameHint: hint } = connectionsTexts
    const data: Renaming = { title: renameTitle(this.name()), label, hint, name: this.name() }
    this.#dialog
      .open<RenameDialog, Renaming, string>(RenameDialog, { data, width: '420px' })
      .afterClosed()
      .subscribe((name) => name && this.rename.emit(name))
  }

  protected openRemove(): void {
    const data: Removing = { bank: this.name(), attempt: this.connection().status === 'pending' }
    this.#dialog
      .open<RemoveDialog, Removing, Removal>(RemoveDialog, { data, width: '440px' })
      .afterClosed()
      .subscribe((choice) => choice && this.remove.emit(choice))
  }
}
