import { Component, computed, input } from '@angular/core'
import { type IconName, icons } from './icons.ts'

/** A picture beside a word; never alone, so always hidden from a screen reader. */
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
  protected readonly path = computed(() => icons[this.name()])
}
