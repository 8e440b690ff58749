import { Injectable, signal } from '@angular/core'

/** Whether this device has a network at all; whether the server answers is each call's own news. */
@Injectable({ providedIn: 'root' })
export class Online {
  readonly #on = signal(navigator.onLine)
  readonly on = this.#on.asReadonly()

  constructor() {
    addEventListener('online', () => this.#on.set(true))
    addEventListener('offline', () => this.#on.set(false))
  }
}
