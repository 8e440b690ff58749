import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core'
import { Banks } from '../../api/banks.ts'
import { Leave } from '../../api/leave.ts'
import { Load } from '../../api/load.ts'
import { asProblem } from '../../api/problem.ts'
import type { Institution } from '../../api/types.ts'
import { problemText } from '../../ui/problem-text.ts'
import { countries, likelyCountry } from './countries.ts'

const pageSize = 50
type Opening = { status: 'idle' } | { status: 'loading'; name: string } | { status: 'failed'; text: string }

@Injectable()
export class AddBankStore {
  readonly #banks = inject(Banks)
  readonly #leave = inject(Leave)
  readonly countries = countries()
  readonly country = signal(likelyCountry(navigator.languages))
  readonly query = signal('')
  readonly #shown = signal(pageSize)
  readonly #opening = signal<Opening>({ status: 'idle' })

  readonly institutions = new Load((ask) => this.#banks.institutions(this.country(), ask))
  /** One country's banks come at once; each key press is answered here, without a call. */
  readonly found = computed(() => matching(this.institutions.value()?.items ?? [], this.query()))
  readonly shown = computed(() => this.found().slice(0, this.#shown()))
  readonly hasMore = computed(() => this.found().length > this.shown().length)
  readonly countryName = computed(
    () => this.countries.find((one) => one.code === this.country())?.name ?? this.country(),
  )
  readonly onlyDemo = computed(() => {
    return this.institutions.value()?.items.every((one) => one.demo) ?? false
  })
  readonly opening = computed(() => {
    const opening = this.#opening()
    return opening.status === 'loading' ? opening.name : undefined
  })
  readonly error = computed(() => {
    const opening = this.#opening()
    return opening.status === 'failed' ? opening.text : undefined
  })

  constructor() {
    void this.institutions.load()
    inject(DestroyRef).onDestroy(() => this.institutions.stop())
  }

  choose(country: string): void {
    this.country.set(country)
    this.#shown.set(pageSize)
    void this.institutions.load()
  }

  search(words: string): void {
    this.query.set(words)
    this.#shown.set(pageSize)
  }

  showMore(): void {
    this.#shown.update((shown) => shown + pageSize)
  }

  async connect(institution: Institution): Promise<void> {
    if (this.#opening().status === 'loading') return
    this.#opening.set({ status: 'loading', name: institution.name })
    try {
      this.#leave.to((await this.#banks.connect(institution)).link)
    } catch (error) {
      this.#opening.set({ status: 'failed', text: problemText(asProblem(error)) })
    }
  }
}

const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** Every word has to be there, in the name or the BIC; accents and case do not count. */
export function matching(institutions: readonly Institution[], query: string): Institution[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  return institutions.filter((one) => {
    const text = plain(`${one.name} ${one.bic}`)
    return words.every((word) => text.includes(word))
  })
}
