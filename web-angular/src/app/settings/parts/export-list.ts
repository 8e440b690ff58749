import { Component, computed, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { DataExport } from '../../api/types.ts'
import { settingsTexts } from '../../texts/settings.ts'
import { whenText } from '../../ui/days.ts'
import { sizeText } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.ts'

/** Asks for a file of everything, says how far it is, hands it over. */
@Component({
  selector: 'pf-export-list',
  imports: [Icon, MatButton],
  template: `
    <p class="small muted">{{ texts.about }}</p>
    <ul class="list" aria-live="polite">
      @for (one of shown(); track one.id) {
        @let made = whenText(one.requested_at);
        <li>
          <span class="grow">
            <span class="name">{{ texts.asked(made) }} &ngsp;<span class="pill" [class.ok]="one.status === 'ready'" [class.err]="one.status === 'failed'">{{ texts.statuses[one.status] }}</span></span>
            <span class="sub">{{ one.status === 'preparing' ? texts.preparing : one.status === 'failed' ? one.error?.detail : texts.file(sizeText(one.bytes ?? 0), whenText(one.expires_at ?? '')) }}</span>
          </span>
          @if (one.status === 'ready') { <button matButton="outlined" type="button" [attr.aria-label]="texts.saveLabel(made)" [disabled]="busy()" (click)="save.emit(one)">{{ texts.save }}</button> }
          @if (one.status !== 'failed') { <button type="button" class="icon-btn" [attr.aria-label]="texts.remove(made)" [title]="texts.remove(made)" [disabled]="busy()" (click)="remove.emit(one.id)"><pf-icon name="delete" [small]="true" /></button> }
        </li>
      }
    </ul>
    <div><button matButton="outlined" type="button" [disabled]="busy() || preparing()" (click)="begin.emit()">{{ texts.begin }}</button></div>
  `,
  styles: `
    .list { margin: 8px 0 12px; } @media (max-width: 719px) { .list > li { flex-wrap: wrap; } .list .grow { flex-basis: 180px; } } .pill { padding-left: 8px; }
    .icon-btn { width: var(--pf-control); height: var(--pf-control); display: grid; place-items: center; border: 0; background: none; color: var(--pf-ink-2); border-radius: var(--pf-radius-m); cursor: pointer; flex: none; }
  `,
})
export class ExportList {
  /** Newest first. */
  readonly exports = input.required<readonly DataExport[]>()
  readonly busy = input(false)
  readonly begin = output<void>()
  readonly save = output<DataExport>()
  readonly remove = output<string>()
  protected readonly texts = settingsTexts.exports
  protected readonly whenText = whenText
  protected readonly sizeText = sizeText
  /** Files that are there or on their way; that one failed is news until the next is asked for. */
  protected readonly shown = computed(() =>
    this.exports().filter(
      ({ status }, at) => ['preparing', 'ready'].includes(status) || (status === 'failed' && at === 0),
    ),
  )
  protected readonly preparing = computed(() => this.exports().some(({ status }) => status === 'preparing'))
}
