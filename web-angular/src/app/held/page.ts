import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { heldTexts } from '../texts/held.ts'
import { texts } from '../texts.ts'
import { Blocks } from '../ui/blocks.ts'
import { Card } from '../ui/card.ts'
import { plainDay } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { HeldRow } from './parts/held-row.ts'
import { HeldStore } from './store.ts'

/** Rows that we could not read or place: each with what was sent, why it waits, and the ways out. */
@Component({
  selector: 'pf-held',
  imports: [Blocks, Card, Empty, HeldRow, MatButton, PageHead, Strip],
  providers: [HeldStore],
  template: `
    <pf-page-head [heading]="texts.title"><span asof>{{ texts.lead }}</span></pf-page-head>
    @let state = store.waiting.state();
    @if (state.status === 'failed') {
      <pf-strip kind="err">{{ problemText(state.problem) }} <button type="button" class="again" (click)="store.waiting.refresh()">{{ again }}</button></pf-strip>
    }
    @if (state.value; as held) {
      @for (item of held.items; track item.id) {
        <pf-held-row [item]="item" [account]="store.accountNames().get(item.account_id)" [currency]="store.currencies().get(item.account_id) ?? ''"
          [candidates]="store.candidatesOf(item.id)" [busy]="store.busy(item.id)" [error]="store.errorOf(item.id)"
          (decide)="store.decide(item.id, $event)" (look)="store.lookAtCandidates(item)" />
      } @empty {
        <section class="card"><pf-empty [text]="texts.empty" /></section>
      }
    } @else if (state.status !== 'failed') {
      <span class="sr" role="status">{{ loading }}</span><pf-blocks [height]="220" />
    }
    @if (store.decided().length > 0) {
      <pf-card class="decided" [heading]="texts.decided" [state]="store.all.state()" (retry)="store.all.refresh()">
        <ul class="list">
          @for (item of store.decided(); track item.id) {
            <li>
              <span class="grow"><span class="name">{{ item.read.description ?? texts.reasons[item.reason] ?? item.reason }}</span>
                <span class="sub">{{ texts.verdicts[item.decision!.verdict] }} · {{ plainDay(item.decision!.decided_at.slice(0, 10)) }}</span>
                @if (store.errorOf(item.id); as error) { <span class="sub bad" role="alert">{{ error }}</span> }</span>
              <button matButton type="button" [disabled]="store.busy(item.id)" (click)="store.takeBack(item.id)">{{ texts.takeBack }}</button>
            </li>
          }
        </ul>
      </pf-card>
    }
  `,
  styles: '.decided { margin-top: var(--pf-gutter); } .bad { color: var(--pf-error); }',
})
export class HeldPage {
  protected readonly store = inject(HeldStore)
  protected readonly texts = heldTexts
  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly problemText = problemText
  protected readonly plainDay = plainDay
}
