import { DOCUMENT, Injectable, inject, signal } from '@angular/core'
import { Privacy } from './privacy.ts'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'comfortable' | 'compact'

/** Also read by public/first.js, before the first paint. */
const keys = { theme: 'pf.theme', privacy: 'pf.privacy', density: 'pf.density' }

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
}

/** What this device shows and hides. Kept on the device: a phone may be dark and private where a desk is neither. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  readonly #privacy = inject(Privacy)
  readonly #root = inject(DOCUMENT).documentElement
  readonly theme = signal<Theme>(toTheme(read(keys.theme)))
  readonly density = signal<Density>(read(keys.density) === 'compact' ? 'compact' : 'comfortable')
  readonly private = this.#privacy.on.asReadonly()

  constructor() {
    // Paper is light, whatever the screen is.
    addEventListener('beforeprint', () => this.#mark('theme', 'light'))
    addEventListener('afterprint', () => this.#mark('theme', this.theme() === 'system' ? undefined : this.theme()))
  }

  choose(theme: Theme): void {
    this.theme.set(theme)
    write(keys.theme, theme === 'system' ? undefined : theme)
    this.#mark('theme', theme === 'system' ? undefined : theme)
  }

  chooseDensity(density: Density): void {
    this.density.set(density)
    const said = density === 'compact' ? density : undefined
    write(keys.density, said)
    this.#mark('density', said)
  }

  togglePrivacy(): void {
    const on = !this.#privacy.on()
    this.#privacy.on.set(on)
    write(keys.privacy, on ? 'on' : undefined)
    this.#mark('privacy', on ? 'on' : undefined)
  }

  #mark(name: string, value: string | undefined): void {
    if (value === undefined) delete this.#root.dataset[name]
    else this.#root.dataset[name] = value
  }
}

const toTheme = (value: string | null): Theme => (value === 'light' || value === 'dark' ? value : 'system')
