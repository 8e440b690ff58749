import { Component, computed, input, output, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { Invite, IssuedInvite } from '../../api/types.ts'
import { settingsTexts } from '../../texts/settings.ts'
import { whenText } from '../../ui/days.ts'
import { Empty } from '../../ui/empty.ts'
import { Icon } from '../../ui/icon.ts'
import { Strip } from '../../ui/strip.ts'

/** Who was invited, one more, and the link that was just made until the operator has it. */
@Component({
  selector: 'pf-invite-list',
  imports: [Empty, Icon, MatButton, Strip],
  template: `
    <p class="small muted">{{ texts.about }}</p>
    @if (link(); as address) {
      <pf-strip kind="ok">{{ texts.shown }}<code tabindex="0">{{ address }}</code><span class="btns"><button matButton="outlined" type="button" (click)="copy(address)">{{ copied() ? texts.copied : texts.copy }}</button><button matButton type="button" (click)="copied.set(false); done.emit()">{{ texts.done }}</button></span></pf-strip>
    }
    @if (invites().length > 0) {
      <ul class="list">
        @for (invite of invites(); track invite.id) {
          <li>
            <span class="grow"><span class="name">{{ texts.made(whenText(invite.created_at)) }} &ngsp;<span class="pill" [class.ok]="invite.status === 'used'">{{ texts.statuses[invite.status] }}</span></span><span class="sub">{{ invite.used_at ? texts.used(whenText(invite.used_at)) : texts.until(whenText(invite.expires_at)) }}</span></span>
            @if (invite.status === 'open') { <button type="button" class="icon-btn" [attr.aria-label]="texts.revoke(whenText(invite.created_at))" [title]="texts.revoke(whenText(invite.created_at))" [disabled]="busy()" (click)="revoke.emit(invite.id)"><pf-icon name="delete" [small]="true" /></button> }
          </li>
        }
      </ul>
    } @else { <pf-empty [text]="texts.none" /> }
    @if (link() === undefined) { <div><button matButton="outlined" type="button" [disabled]="busy()" (click)="issue.emit()">{{ texts.make }}</button></div> }
  `,
  styles: `
    .list { margin: 8px 0 12px; } .pill { padding-left: 8px; } code { display: block; margin: 8px 0; font: var(--pf-text-code); overflow-wrap: anywhere; user-select: all; }
    .icon-btn { width: var(--pf-control); height: var(--pf-control); display: grid; place-items: center; border: 0; background: none; color: var(--pf-ink-2); border-radius: var(--pf-radius-m); cursor: pointer; flex: none; }
  `,
})
export class InviteList {
  readonly invites = input.required<readonly Invite[]>()
  readonly issued = input<IssuedInvite>()
  readonly busy = input(false)
  readonly issue = output<void>()
  readonly revoke = output<string>()
  readonly done = output<void>()
  protected readonly texts = settingsTexts.invites
  protected readonly whenText = whenText
  protected readonly copied = signal(false)
  /** Of the origin that this page has: the one at which others reach it, too. */
  protected readonly link = computed(() => {
    const issued = this.issued()
    return issued && new URL(`/register?invite=${issued.code}`, location.origin).href
  })

  protected async copy(address: string): Promise<void> {
    await navigator.clipboard.writeText(address)
    this.copied.set(true)
  }
}
