import { Component, computed, input, signal } from '@angular/core'
import { type IconName, icons } from './icons.ts'

const here: Partial<Record<IconName, string>> = icons
const later = signal<Partial<Record<IconName, string>> | undefined>(undefined)
let _coming: Promise<void> | undefined

/** Where they do not come, as offline without the worker's copy, the words beside them say it all; the next one asks again. */
function fetchLater(): void {
  _coming ??= import('./icons-later.ts').then(
    ({ iconsLater }) => later.set(iconsLater),
    () => {
      _coming = undefined
    },
  )
}

/** A picture beside a word; never alone, so always hidden from a screen reader. Its room is there before it is. */
@Component({
  selector: 'pf-icon',
  host: { 'aria-hidden': 'true', '[class.s]': 'small()' },
  template: '<svg viewBox="0 -960 960 960" focusable="false"><path [attr.d]="path()" /></svg>',
  styles: `
    :host { display: block; width: 20px; height: 20px; flex: none; }
    :host(.s) { width: 16px; height: 16px; }
    svg { display: block; width: 100%; height: 100%; fill: currentcolor; }
  `,
})
export class Icon {
  readonly name = input.required<IconName>()
  readonly small = input(false)
  protected readonly path = computed(() => {
    const path = here[this.name()] ?? later()?.[this.name()]
    if (path === undefined) fetchLater()
    return path
  })
}
