import { Component, computed, input, linkedSignal } from '@angular/core'

/** A bank's logo, which our own server fetched; its initial where it has none, or none arrives. Its name stands beside it. */
@Component({
  selector: 'pf-bank-mark',
  host: { class: 'mono', 'aria-hidden': 'true' },
  template: `
    @if (shown(); as path) {
      <img [src]="path" alt="" width="32" height="32" loading="lazy" decoding="async" (error)="shown.set('')" />
    } @else {
      {{ letter() }}
    }
  `,
  styles: 'img { width: 100%; height: 100%; object-fit: contain; }',
})
export class BankMark {
  readonly bank = input.required<{ readonly name: string; readonly logo: string }>()
  protected readonly shown = linkedSignal(() => {
    const { logo } = this.bank()
    return logo.startsWith('/logos/') ? `/api${logo}` : ''
  })
  protected readonly letter = computed(() => this.bank().name.charAt(0).toUpperCase())
}
