import { Component, input } from '@angular/core'
import type { Sync, SyncStatus } from '../../api/types.ts'
import { pipelineTexts } from '../../texts/pipeline.ts'
import { rangeText, whenText } from '../../ui/days.ts'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.ts'
import type { IconName } from '../../ui/icons.ts'

const looks: Record<SyncStatus, { kind: string; icon: IconName }> = {
  queued: { kind: '', icon: 'schedule' },
  fetching: { kind: '', icon: 'schedule' },
  storing: { kind: '', icon: 'schedule' },
  materialising: { kind: '', icon: 'schedule' },
  completed: { kind: 'ok', icon: 'check' },
  partial: { kind: 'att', icon: 'warning' },
  failed: { kind: 'err', icon: 'error' },
}

/** Syncs, newest first: what was asked, what it brought, how long it took, and what went wrong in words. */
@Component({
  selector: 'pf-runs',
  imports: [Icon],
  template: `
    <div class="wide">
      <table class="tbl resp">
        <thead><tr><th scope="col">{{ texts.account }}</th><th scope="col">{{ texts.days }}</th><th scope="col" class="n">{{ texts.calls }}</th><th scope="col" class="n">{{ texts.observed }}</th><th scope="col" class="n">{{ texts.added }}</th><th scope="col" class="n">{{ texts.changed }}</th><th scope="col" class="n">{{ texts.known }}</th><th scope="col" class="n">{{ texts.heldColumn }}</th><th scope="col" class="n">{{ texts.took }}</th><th scope="col" class="n">{{ texts.status }}</th></tr></thead>
        <tbody>
          @for (sync of syncs(); track sync.id) {
            <tr>
              <th scope="row"><span class="strong">{{ accounts().get(sync.account_id) ?? banks().get(sync.connection_id) ?? '' }}</span>&ngsp;@if (sync.trigger === 'user') { <span class="cap muted">{{ texts.byYou }}</span> }<span class="cap muted line">{{ banks().get(sync.connection_id) }} · {{ whenText(sync.requested_at) }}</span></th>
              <td class="days" [attr.data-l]="texts.days">{{ sync.window ? rangeText(sync.window.from, sync.window.to, 'short') : '–' }}</td>
              <td class="n" [attr.data-l]="texts.calls">{{ sync.calls }}</td>
              <td class="n" [attr.data-l]="texts.observed">{{ formatCount(sync.observed) }}</td>
              <td class="n" [attr.data-l]="texts.added">{{ formatCount(sync.added) }}</td>
              <td class="n" [attr.data-l]="texts.changed">{{ formatCount(sync.updated) }}</td>
              <td class="n muted" [attr.data-l]="texts.known">{{ formatCount(sync.unchanged) }}</td>
              <td class="n" [attr.data-l]="texts.heldColumn">{{ sync.held }}</td>
              <td class="n" [attr.data-l]="texts.took">{{ took(sync) }}</td>
              <td class="n ended" [attr.data-l]="texts.status"><span [class]="'pill ' + looks[sync.status].kind"><pf-icon [name]="looks[sync.status].icon" [small]="true" />{{ texts.statuses[sync.status] }}</span></td>
            </tr>
            @if (sync.error; as error) {
              <tr class="why"><td colspan="10"><span class="small">{{ error.detail }} @if (sync.retry_at) { {{ texts.retry(whenText(sync.retry_at)) }} }</span></td></tr>
            }
          }
        </tbody>
      </table>
    </div>
  `,
  styles: `
    .line { display: block; } .wide { overflow-x: auto; }
    tbody th { min-width: 160px; }
    .why td { border-top: 0; padding-top: 0; color: var(--pf-error); }
    .pill { white-space: nowrap; }
    /* Where ten columns do not fit, a run is its account and how it ended, then its days and figures, each under its word. */
    @media (max-width: 999px) {
      thead { display: none; } table, tbody, tr, td, tbody th { display: block; }
      tr { display: grid; grid-template-columns: minmax(184px, 2fr) repeat(7, minmax(0, 1fr)); gap: 6px 8px; padding: 12px 0; border-top: 1px solid var(--pf-line); }
      .tbl td, .tbl tbody th { padding: 0; border: 0; text-align: left; } .tbl tbody th { grid-column: 1 / 7; order: -2; } .why td { grid-column: 1 / -1; }
      .tbl .ended { grid-column: 7 / 9; justify-self: end; order: -1; } .tbl .days { white-space: nowrap; }
      .tbl td::before { content: attr(data-l); display: block; color: var(--pf-ink-2); font: var(--pf-text-caption); } .ended::before, .why td::before { content: none !important; }
      .why { border: 0; padding-top: 0; }
    }
    @media (max-width: 719px) {
      tr { grid-template-columns: repeat(4, minmax(0, 1fr)); } .tbl tbody th { grid-column: 1 / -1; }
      .tbl .days { grid-column: span 2; order: -2; } .tbl .ended { grid-column: span 2; }
    }
  `,
})
export class Runs {
  readonly syncs = input.required<readonly Sync[]>()
  readonly accounts = input.required<ReadonlyMap<string, string>>()
  readonly banks = input.required<ReadonlyMap<string, string>>()
  protected readonly texts = pipelineTexts
  protected readonly looks = looks
  protected readonly whenText = whenText
  protected readonly rangeText = rangeText
  protected readonly formatCount = formatCount

  protected took({ started_at, finished_at }: Sync): string {
    if (started_at === null || finished_at === null) return '–'
    return pipelineTexts.seconds(Date.parse(finished_at) - Date.parse(started_at))
  }
}
