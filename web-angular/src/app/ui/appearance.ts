import { Injectable, inject, signal } from '@angular/core'
import { Privacy } from './privacy.ts'

export type Theme = 'light' | 'dark' | 'system'

/** Also read by public/appearance.js, before the first paint. */
const keys = { theme: 'pf.theme', privacy: 'pf.privacy' }

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
  readonly theme = signal<Theme>(toTheme(read(keys.theme)))
  readonly private = this.#privacy.on.asReadonly()

  choose(theme: Theme): void {
    this.theme.set(theme)
    write(keys.theme, theme === 'system' ? undefined : theme)
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }

  togglePrivacy(): void {
    const on = !this.#privacy.on()
    this.#privacy.on.set(on)
    write(keys.privacy, on ? 'on' : undefined)
    if (on) document.documentElement.dataset['privacy'] = 'on'
    else delete document.documentElement.dataset['privacy']
  }
}

const toTheme = (value: string | null): Theme => (value === 'light' || value === 'dark' ? value : 'system')
