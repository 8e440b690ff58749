import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core'
import { type Ask, type Condition, Http } from './http.ts'
import { Load } from './load.ts'
import { asProblem, Problem } from './problem.ts'
import type { List, Preference } from './types.ts'

/** What the server remembers for the pages, so that another device shows them alike. */
@Injectable({ providedIn: 'root' })
export class Preferences {
  readonly #http = inject(Http)

  /** Undefined where nothing was ever remembered. Read from the list: there, what is not yet is no error. */
  async read(key: string, ask?: Ask): Promise<Preference | undefined> {
    const { items } = await this.#http.get<List<Preference>>('/preferences', {}, ask)
    return items.find((one) => one.key === key)
  }

  /** Only over `before`, as it was read; throws `precondition_failed` where somebody was there first. */
  async write(key: string, value: unknown, before: Preference | undefined): Promise<Preference> {
    const condition: Condition =
      before === undefined ? { 'If-None-Match': '*' } : { 'If-Match': `"${before.revision}"` }
    return (await this.#http.put<Preference>(`/preferences/${key}`, { value }, condition)).body
  }
}

/** As often as another device may change one preference under our hands before the person is told so. */
const attempts = 3

/**
 * One preference of a page: asked for when it is made, changed on the page at once and then at the server. A change that
 * meets another device's is made again over that one; one that fails is taken back, and `problem` says why.
 */
export class Remembered<T> {
  readonly #preferences = inject(Preferences)
  readonly #key: string
  readonly #read: (value: unknown) => T
  readonly #load: Load<Preference | undefined>
  /** What the last change left; it is newer than what was loaded. */
  readonly #written = signal<Preference | undefined>(undefined)
  readonly #ahead = signal<{ value: T } | undefined>(undefined)
  readonly #problem = signal<Problem | undefined>(undefined)
  #changes: Promise<void> = Promise.resolve()

  readonly problem = this.#problem.asReadonly()
  readonly value = computed(() => this.#ahead()?.value ?? this.#read((this.#written() ?? this.#load.value())?.value))

  /** `read` makes of what is remembered (undefined: nothing; else maybe another version's) what the page understands. */
  constructor(key: string, read: (value: unknown) => T) {
    this.#key = key
    this.#read = read
    this.#load = new Load((ask) => this.#preferences.read(key, ask))
    inject(DestroyRef).onDestroy(() => this.#load.stop())
    void this.#load.load()
  }

  /** One after the other: each is made over what the one before left. */
  change(next: (now: T) => T): Promise<void> {
    this.#problem.set(undefined)
    this.#ahead.set({ value: next(this.value()) })
    const mine = this.#changes
      .then(() => this.#write(next))
      .finally(() => {
        if (this.#changes === mine) this.#ahead.set(undefined)
      })
    this.#changes = mine
    return mine
  }

  async #write(next: (now: T) => T): Promise<void> {
    try {
      let before = this.#written() ?? (await this.#preferences.read(this.#key))
      for (let attempt = 1; ; attempt++) {
        try {
          this.#written.set(await this.#preferences.write(this.#key, next(this.#read(before?.value)), before))
          return
        } catch (error) {
          const beaten = error instanceof Problem && error.code === 'precondition_failed'
          if (!beaten || attempt === attempts) throw error
          before = await this.#preferences.read(this.#key)
        }
      }
    } catch (error) {
      this.#problem.set(asProblem(error))
    }
  }
}
