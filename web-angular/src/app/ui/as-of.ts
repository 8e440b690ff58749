import { Component, computed, input } from '@angular/core'
import type { LiveState } from '../api/live.ts'
import { texts } from '../texts.ts'
import { timeText } from './days.ts'

/** Under a page's name: how fresh its figures are, and whether news still reaches it. */
@Component({
  selector: 'pf-as-of',
  styles: '.live { margin-right: 4px; }',
  template:
    '@if (words(); as said) { <span class="live" [class.not]="!isLive()" aria-hidden="true"></span> <span>{{ said }}</span> }',
})
export class AsOf {
  readonly live = input.required<LiveState>()
  /** When the figures were counted; nothing is said of figures that are not there yet. */
  readonly builtAt = input<string>()

  protected readonly isLive = computed(() => this.live() === 'live')
  protected readonly words = computed(() => {
    const at = this.builtAt()
    if (!this.isLive()) return texts.dashboard.catchingUp
    return at === undefined ? '' : texts.dashboard.upToDate(timeText(at))
  })
}
