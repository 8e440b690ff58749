import { Component, computed, input, output } from '@angular/core'
import type { Loaded } from '../api/load.ts'
import { texts } from '../texts.ts'
import { Blocks } from './blocks.ts'
import { problemText } from './problem-text.ts'
import { Strip } from './strip.ts'

/**
 * A card with a heading around one load. Blocks of the final size while there is nothing, a strip with one action where
 * it failed (figures that stood before stay), else what is projected. `[end]` stands at the right of the heading.
 */
@Component({
  selector: 'pf-card',
  imports: [Blocks, Strip],
  host: { class: 'card', role: 'region', '[attr.aria-label]': 'heading()', '[attr.aria-busy]': 'waiting()' },
  template: `
    <header><h2>{{ heading() }}</h2><ng-content select="[end]" /></header>
    @if (problem(); as problem) {
      <pf-strip kind="err" class="in-card">
        {{ problem }}
        <button type="button" class="again" (click)="retry.emit()">{{ again }}</button>
      </pf-strip>
    }
    @if (waiting()) {
      <span class="sr" role="status">{{ loading }}</span>
      <pf-blocks [rows]="rows()" [height]="rowHeight()" />
    } @else {
      <ng-content />
    }
  `,
})
export class Card {
  readonly heading = input.required<string>()
  readonly state = input.required<Loaded<unknown>>()
  readonly rows = input(1)
  readonly rowHeight = input(48)
  readonly retry = output<void>()

  protected readonly again = texts.retry
  protected readonly loading = texts.loading
  protected readonly waiting = computed(() => {
    const state = this.state()
    return state.value === undefined && (state.status === 'loading' || state.status === 'idle')
  })
  protected readonly problem = computed(() => {
    const state = this.state()
    return state.status === 'failed' ? problemText(state.problem) : undefined
  })
}
