import { Injectable, signal } from '@angular/core'

/**
 * Whether amounts are hidden. CSS blurs them (`[data-privacy]` on the root, set by the shell); this signal is for the
 * parts that also speak: what is blurred for the eye must not be read out.
 */
@Injectable({ providedIn: 'root' })
export class Privacy {
  readonly on = signal(document.documentElement.dataset['privacy'] === 'on')
}
