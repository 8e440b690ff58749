import { Component, computed, input } from '@angular/core'
import type { Sync, SyncStatus } from '../api/types.ts'
import { syncTexts } from '../texts/sync.ts'
import { Icon } from './icon.ts'

const steps: readonly SyncStatus[] = ['queued', 'fetching', 'storing', 'materialising', 'completed']

export const finished = (sync: Sync): boolean => ['completed', 'partial', 'failed'].includes(sync.status)
export const isRunning = (sync: Sync): boolean => !finished(sync)

/** The newest sync of each account; `syncs` come newest first. */
export function newestByAccount(syncs: readonly Sync[]): Sync[] {
  const byAccount = new Map<string, Sync>()
  for (const sync of syncs) if (!byAccount.has(sync.account_id)) byAccount.set(sync.account_id, sync)
  return [...byAccount.values()]
}

/** The newest sync of each account of a run that is still under way, finished ones included: they stay till all are done. */
export function underWay(syncs: readonly Sync[]): Sync[] {
  const runs = new Set(syncs.filter(isRunning).map((sync) => sync.run_id))
  return newestByAccount(syncs.filter((sync) => runs.has(sync.run_id)))
}

/** Where each account of a run is: a word, a bar in four steps, and the rows so far. Changes in place. */
@Component({
  selector: 'pf-sync-progress',
  imports: [Icon],
  host: { class: 'progress' },
  template: `
    <ul>
      @for (line of lines(); track line.id) {
        <li>
          <span class="name" [title]="line.name">{{ line.name }}</span>
          <span class="step small muted" [class.bad]="line.failed">
            @if (line.done) { <pf-icon name="check" [small]="true" /> }
            @if (line.failed) { <pf-icon name="error" [small]="true" /> }
            {{ line.word }}
          </span>
          <span class="track" role="progressbar" aria-valuemin="0" aria-valuemax="4" [attr.aria-valuenow]="line.step"
            [attr.aria-valuetext]="line.word" [attr.aria-label]="line.name">
            <i [style.transform]="'scaleX(' + line.step / 4 + ')'" [class.bad]="line.failed"></i>
          </span>
        </li>
      }
    </ul>
  `,
  styles: `
    :host { display: block; }
    ul { display: grid; gap: 10px; }
    li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px; align-items: center; }
    .name { font: var(--pf-text-body-strong); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .step { white-space: nowrap; display: inline-flex; gap: 4px; align-items: center; }
    .step.bad { color: var(--pf-error); }
    .track { grid-column: 1 / -1; height: 6px; border-radius: 3px; overflow: hidden; background: var(--pf-sunk); box-shadow: inset 0 0 0 1px var(--pf-line); }
    .track i { display: block; height: 100%; transform-origin: left; background: var(--pf-chart-line); transition: transform var(--pf-motion-base) var(--pf-ease); }
    .track i.bad { background: var(--pf-error); }
  `,
})
export class SyncProgress {
  readonly syncs = input.required<readonly Sync[]>()
  /** Names of accounts by id; one without a name yet is counted. */
  readonly names = input<ReadonlyMap<string, string>>(new Map())

  protected readonly lines = computed(() =>
    [...this.syncs()]
      .sort((a, b) => a.account_id.localeCompare(b.account_id))
      .map((sync, index) => {
        const failed = sync.status === 'failed'
        const done = sync.status === 'completed' || sync.status === 'partial'
        return {
          id: sync.account_id,
          name: this.names().get(sync.account_id) ?? syncTexts.account(index + 1),
          word: syncTexts.word(sync.status, sync.observed, sync.added),
          step: done || failed ? 4 : Math.max(0, steps.indexOf(sync.status)),
          done,
          failed,
        }
      }),
  )
}
