import { afterNextRender, Component, computed, type ElementRef, inject, signal, viewChild } from '@angular/core'
import { Router } from '@angular/router'
import { paletteTexts } from '../../texts/palette.ts'
import { Icon } from '../../ui/icon.ts'
import { grouped, type Item } from './finding.ts'
import { PaletteStore } from './store.ts'

/**
 * Go anywhere and do anything by a few letters (Ctrl K, ⌘K). The browser's own dialog keeps the focus within and gives it
 * back; the list is a listbox whose active option follows the arrow keys while one goes on typing.
 */
@Component({
  selector: 'pf-palette',
  imports: [Icon],
  providers: [PaletteStore],
  templateUrl: './palette.html',
  styleUrl: './palette.css',
})
export class Palette {
  readonly #router = inject(Router)
  protected readonly store = inject(PaletteStore)
  protected readonly texts = paletteTexts
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog')
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list')

  /** Groups as they are shown, each option with its place in the whole. */
  protected readonly groups = computed(() => {
    let at = 0
    return grouped(this.store.found()).map(({ group, items }) => ({
      group,
      options: items.map((item) => ({ item, at: at++ })),
    }))
  })
  readonly #flat = computed(() => this.groups().flatMap(({ options }) => options.map(({ item }) => item)))
  protected readonly count = computed(() => this.#flat().length)
  readonly #at = signal(0)
  protected readonly at = computed(() => Math.min(this.#at(), Math.max(0, this.count() - 1)))

  constructor() {
    afterNextRender(() => this.open())
  }

  open(): void {
    const dialog = this.dialog().nativeElement
    if (dialog.open) return
    this.store.open()
    this.#at.set(0)
    dialog.showModal()
  }

  protected close(): void {
    this.dialog().nativeElement.close()
  }

  protected search(words: string): void {
    this.#at.set(0)
    this.store.search(words)
  }

  protected onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      this.#at.set((this.at() + step + this.count()) % Math.max(1, this.count()))
      this.list().nativeElement.querySelector(`#pf-option-${this.at()}`)?.scrollIntoView({ block: 'nearest' })
      return
    }
    const item = this.#flat()[this.at()]
    if (event.key !== 'Enter' || item === undefined) return
    event.preventDefault()
    this.choose(item)
  }

  protected choose(item: Item): void {
    this.close()
    if (item.to !== undefined) void this.#router.navigate([item.to], { queryParams: item.query ?? {} })
    void item.run?.()
  }

  /** A press beside the panel: on the dialog itself, which is all backdrop. */
  protected onPress(event: MouseEvent): void {
    if (event.target === this.dialog().nativeElement) this.close()
  }
}
