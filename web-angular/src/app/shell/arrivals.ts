import { afterRenderEffect, Component, type ElementRef, inject, signal, viewChild } from '@angular/core'
import { syncTexts } from '../texts/sync.ts'
import { Icon } from '../ui/icon.ts'
import { SyncProgress } from '../ui/sync-progress.ts'
import { ArrivalsStore } from './arrivals-store.ts'

/**
 * Rows on their way in, above whatever page is open: fixed, so that nothing moves when it comes or goes. It steps aside
 * while a control beneath it has the focus.
 */
@Component({
  selector: 'pf-arrivals',
  imports: [Icon, SyncProgress],
  providers: [ArrivalsStore],
  host: { '(document:focusin)': 'stepAside()', '(window:scroll)': 'stepAside()' },
  template: `
    <p class="sr" role="status" aria-live="polite">{{ store.spoken() }}</p>
    @if (store.shown().length > 0) {
      <section #panel [class.aside]="aside()" [attr.aria-label]="texts.title">
        <header>
          <h2>{{ texts.title }}</h2>
          <button type="button" [attr.aria-label]="texts.putAway" [title]="texts.putAway" (click)="store.putAway()"><pf-icon name="close" /></button>
        </header>
        <pf-sync-progress [attr.tabindex]="store.shown().length > fits ? 0 : null" role="group" [attr.aria-label]="texts.title" [syncs]="store.shown()" [names]="store.names()" />
      </section>
    }
  `,
  styleUrl: './arrivals.css',
})
export class Arrivals {
  protected readonly store = inject(ArrivalsStore)
  protected readonly texts = syncTexts
  /** More accounts than this scroll within the panel, so the keyboard has to reach them. */
  protected readonly fits = 6
  protected readonly aside = signal(false)
  protected readonly panel = viewChild<ElementRef<HTMLElement>>('panel')

  constructor() {
    afterRenderEffect(() => {
      this.store.shown()
      this.stepAside()
    })
  }

  protected stepAside(): void {
    const panel = this.panel()?.nativeElement
    const focused = document.activeElement
    if (panel === undefined || focused === null || panel.contains(focused)) return
    this.aside.set(overlaps(panel.getBoundingClientRect(), focused.getBoundingClientRect()))
  }
}

/** After a change of page its frame has the focus: larger than any control, it does not count as beneath. */
const overlaps = (panel: DOMRect, other: DOMRect): boolean =>
  other.height < innerHeight / 2 &&
  other.left < panel.right &&
  other.right > panel.left &&
  other.top < panel.bottom &&
  other.bottom > panel.top
