import { Component } from '@angular/core'
import { texts } from '../texts.ts'

@Component({
  selector: 'pf-brand',
  host: { class: 'brand' },
  template: `
    <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="7" fill="var(--pf-primary)" />
      <g fill="none" stroke="var(--pf-on-primary)">
        <path d="M8 10.6 12 14.4 20 6.4" stroke-width="2.4" />
        <path d="M6.5 18.6h15M6.5 22h15" stroke-width="1.6" />
      </g>
    </svg>
    <span>{{ product }}</span>
  `,
})
export class Brand {
  protected readonly product = texts.product
}
