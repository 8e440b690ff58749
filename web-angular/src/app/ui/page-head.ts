import { Component, input } from '@angular/core'

/** The page's name, what it is as of, and its one action. */
@Component({
  selector: 'pf-page-head',
  host: { class: 'top' },
  template: `
    <div class="grow">
      <h1>{{ heading() }}@if (extra()) { <span class="faint"> {{ extra() }}</span> }</h1>
      <div class="asof"><ng-content select="[asof]" /></div>
    </div>
    <ng-content />
  `,
})
export class PageHead {
  readonly heading = input.required<string>()
  readonly extra = input<string>()
}
