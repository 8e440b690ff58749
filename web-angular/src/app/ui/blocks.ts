import { Component, computed, input } from '@angular/core'

/** Stand-ins of the final size. CSS keeps them unseen for 150 ms: what comes sooner needs no stand-in. */
@Component({
  selector: 'pf-blocks',
  host: { class: 'blocks', 'aria-hidden': 'true' },
  template: '@for (row of list(); track $index) { <i [style.height.px]="height()"></i> }',
})
export class Blocks {
  readonly rows = input(1)
  readonly height = input(48)
  protected readonly list = computed(() => Array.from({ length: this.rows() }))
}
