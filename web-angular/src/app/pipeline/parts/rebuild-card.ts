import { Component, computed, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { Rebuild } from '../../api/types.ts'
import { pipelineTexts } from '../../texts/pipeline.ts'
import { isZero, minus } from '../../ui/amount.ts'
import { plainDay, whenText } from '../../ui/days.ts'
import { formatCount } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import { Strip } from '../../ui/strip.ts'

const change = new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero' })

/** The last rebuild: its progress while it runs, then before and after, and the owner's word where they differ. */
@Component({
  selector: 'pf-rebuild',
  imports: [MatButton, MoneyText, Strip],
  template: `
    <p class="small muted">{{ texts.about }}</p>
    @if (rebuild(); as one) {
      <p class="small state"><span [class]="'pill ' + look()">{{ texts.statuses[one.status] }}</span>&ngsp;<span class="muted">{{ texts.began(whenText(one.started_at)) }}</span></p>
      @if (one.status === 'building') {
        <progress [max]="one.progress.files || 1" [value]="one.progress.files_loaded" [attr.aria-label]="texts.title"></progress>
        <p class="small" role="status">{{ texts.building(one.progress.files_loaded, one.progress.files, one.progress.rows_loaded) }}</p>
      }
      @if (one.error; as error) { <pf-strip kind="err">{{ error.detail }}</pf-strip> }
      @if (one.comparison; as comparison) {
        <table class="tbl">
          <thead><tr><th scope="col">{{ texts.table }}</th><th scope="col" class="n">{{ texts.before }}</th><th scope="col" class="n">{{ texts.after }}</th><th scope="col" class="n">{{ texts.change }}</th></tr></thead>
          <tbody>
            @for (table of differing(); track table.name) {
              <tr><th scope="row"><code>{{ table.name }}</code></th><td class="n">{{ formatCount(table.before.rows) }}</td><td class="n">{{ formatCount(table.after.rows) }}</td><td class="n strong">{{ table.same || table.before.rows !== table.after.rows ? change.format(table.after.rows - table.before.rows) : texts.differs }}</td></tr>
            }
            @for (sum of comparison.sums; track sum.currency) {
              <tr><th scope="row">{{ texts.sum(sum.currency) }}</th><td class="n">@if (sum.before; as money) { <pf-money [value]="money" /> }</td><td class="n">@if (sum.after; as money) { <pf-money [value]="money" /> }</td><td class="n strong">@if (sum.before && sum.after) { @let difference = minus(sum.after, sum.before); @if (isZero(difference)) { 0 } @else { <pf-money class="ink" [value]="difference" sign="flow" /> } }</td></tr>
            }
            @for (days of comparison.proof; track days.status) {
              <tr><th scope="row">{{ texts.proof[days.status] ?? days.status }}</th><td class="n">{{ formatCount(days.before) }}</td><td class="n">{{ formatCount(days.after) }}</td><td class="n strong">{{ change.format(days.after - days.before) }}</td></tr>
            }
          </tbody>
        </table>
        <p class="small said">{{ said() }}</p>
      }
      @if (one.status === 'compared' && one.comparison?.same === false) {
        <div class="btns">
          <button matButton="filled" type="button" [disabled]="busy()" (click)="decide.emit('switch')">{{ texts.switch }}</button>
          <button matButton="outlined" type="button" [disabled]="busy()" (click)="decide.emit('discard')">{{ texts.keep }}</button>
        </div>
      }
    } @else {
      <p class="small muted state">{{ texts.none }}</p>
    }
    @if (mayStart()) { <button matButton="outlined" type="button" class="start" [disabled]="busy()" (click)="start.emit()">{{ texts.start }}</button> }
  `,
  styles: `
    .state { margin: 12px 0; } .said { margin: 12px 0; } .start { margin-top: 4px; }
    progress { width: 100%; height: 8px; accent-color: var(--pf-primary); }
    .tbl { margin-top: 4px; } .pill { padding-left: 8px; } code { font: var(--pf-text-code); }
    pf-strip { margin: 8px 0; }
    /* What is compared above its three figures. */
    @media (max-width: 719px) {
      table, thead, tbody { display: block; } tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); padding: 6px 0; border-top: 1px solid var(--pf-line); }
      .tbl :is(th, td) { padding: 2px 0; border: 0; } .tbl :is(th, td):first-child { grid-column: 1 / -1; } thead th:first-child { display: none; }
    }
  `,
})
export class RebuildCard {
  readonly rebuild = input<Rebuild>()
  readonly busy = input(false)
  readonly start = output<void>()
  readonly decide = output<'switch' | 'discard'>()
  protected readonly texts = pipelineTexts.rebuild
  protected readonly whenText = whenText
  protected readonly formatCount = formatCount
  protected readonly change = change
  protected readonly minus = minus
  protected readonly isZero = isZero

  protected readonly mayStart = computed(() => !['building', 'compared'].includes(this.rebuild()?.status ?? ''))
  protected readonly look = computed(
    () =>
      ({ building: '', compared: 'att', switched: 'ok', discarded: '', failed: 'err' })[
        this.rebuild()?.status ?? 'building'
      ],
  )
  /** Rows are always compared; of the other tables those that differ. */
  protected readonly differing = computed(() =>
    (this.rebuild()?.comparison?.tables ?? []).filter((table) => !table.same || table.name === 'fct_transactions'),
  )
  protected readonly said = computed(() => {
    const one = this.rebuild()
    if (!one?.comparison) return ''
    const { tables, same } = one.comparison
    const kept = one.old_kept_until && pipelineTexts.rebuild.keptUntil(plainDay(one.old_kept_until.slice(0, 10)))
    const outcome = {
      compared: pipelineTexts.rebuild.compared,
      switched: same ? pipelineTexts.rebuild.same : pipelineTexts.rebuild.switched,
      discarded: pipelineTexts.rebuild.discarded,
      building: '',
      failed: '',
    }[one.status]
    const alike = pipelineTexts.rebuild.tables(tables.filter((table) => table.same).length, tables.length)
    return [`${alike}.`, outcome, kept].filter(Boolean).join(' ')
  })
}
