import {
  ApplicationRef,
  afterNextRender,
  Component,
  computed,
  ElementRef,
  effect,
  Injector,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core'
import type { Transaction } from '../../api/types.ts'
import { rowsTexts } from '../../texts/transactions.ts'
import { texts } from '../../texts.ts'
import { screenIs } from '../../ui/screen.ts'
import type { Range, RowsView } from '../rows.ts'
import { TallScroll } from '../tall-scroll.ts'
import { Row } from './row.ts'
import { RowPress } from './row-press.ts'

/** Heights of a row; parts/row.css holds the same two. */
const heights = { wide: 44, narrow: 80 }
const narrowQuery = '(max-width: 999px)'
/** Rows beyond the edges of the window that are in the document as well. */
const beyond = 12
/** The page has come to rest. */
const restMs = 150
/** On paper there is no scrolling: so many of the known rows are printed. */
const mostPrinted = 1000

/** `byHand`: without a keyboard, so that the next tap picks as well. */
export type Picked = { index: number; row: Transaction; kind: 'one' | 'stretch' | 'byHand' }

/**
 * The long list: only what is in sight is in the document, and only that is asked for; the page itself scrolls. Any number
 * of rows: where they are higher than an element may be, the scrollbar goes through all of them and the wheel by the pixel.
 */
@Component({
  selector: 'pf-row-list',
  imports: [Row, RowPress],
  host: {
    '(window:scroll)': 'follow()',
    '(window:resize)': 'measure()',
    '(window:beforeprint)': 'print(true)',
    '(window:afterprint)': 'print(false)',
  },
  template: `
    <div class="tall" role="list" [attr.aria-label]="label" [style.height.px]="scroll().height" [pfRowPress]="choosing()" (pressed)="pressed($event)">
      <div class="sight" [style.transform]="'translateY(' + top() + 'px)'">
        @for (slot of slots(); track slot.index) {
          @if (slot.row; as row) {
            <pf-row [row]="row" [account]="accounts().get(row.account_id)" [newDay]="slot.newDay" [open]="row.id === openId()" [selected]="selected().has(row.id)" [choosing]="choosing()"
              [attr.aria-setsize]="view().count" [attr.aria-posinset]="slot.index + 1" [attr.data-index]="slot.index" (pick)="picked.emit({ index: slot.index, row, kind: $event })" />
          } @else {
            <div class="wait" role="listitem" [attr.aria-setsize]="view().count" [attr.aria-posinset]="slot.index + 1"><span class="sr">{{ loading }}</span><i></i></div>
          }
        }
      </div>
    </div>
  `,
  styleUrl: './row-list.css',
})
export class RowList {
  readonly view = input.required<RowsView>()
  readonly accounts = input.required<ReadonlyMap<string, string>>()
  readonly selected = input<ReadonlyMap<string, Transaction>>(new Map())
  /** A tap picks a row instead of opening it. */
  readonly choosing = input(false)
  /** The row that is explained. */
  readonly openId = input<string>()
  /** Another number: another list, to be read from its top. */
  readonly list = input(0)
  /** Places that are in sight now, and a few around them. */
  readonly sight = output<Range>()
  readonly picked = output<Picked>()

  protected readonly label = rowsTexts.list
  protected readonly loading = texts.loading
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
  readonly #injector = inject(Injector)
  readonly #app = inject(ApplicationRef)
  readonly #narrow = screenIs(narrowQuery)
  readonly #viewPx = signal(innerHeight)
  readonly #printing = signal(false)
  readonly #range = signal<Range>({ from: 0, to: 0 }, { equal: (a, b) => a.from === b.from && a.to === b.to })
  readonly #shift = signal(0)
  readonly #height = computed(() => (this.#narrow() ? heights.narrow : heights.wide))
  readonly #count = computed(() => this.view().count)
  protected readonly scroll = computed(() => new TallScroll(this.#count() * this.#height(), this.#viewPx()))
  #rest: ReturnType<typeof setTimeout> | undefined
  /** The place whose row takes the focus as soon as it is there. */
  #wanted: number | undefined

  /** The first place that is in sight whole. */
  readonly topIndex = signal(0)
  protected readonly top = computed(() => (this.#printing() ? 0 : this.#range().from * this.#height() + this.#shift()))
  protected readonly slots = computed(() => {
    const view = this.view()
    const { from, to } = this.#printing() ? this.#printed() : this.#range()
    return Array.from({ length: Math.max(0, Math.min(to, view.count - 1) - from + 1) }, (_, step) => {
      const index = from + step
      const row = view.at(index)
      return { index, row, newDay: step === 0 || view.at(index - 1)?.date !== row?.date }
    })
  })

  constructor() {
    effect(() => {
      const scroll = this.scroll()
      untracked(() => afterNextRender(() => this.#place(scroll), { injector: this.#injector }))
    })
    effect(() => this.sight.emit(this.#range()))
    effect(() => {
      this.slots()
      untracked(
        () => this.#wanted !== undefined && afterNextRender(() => this.#takeWanted(), { injector: this.#injector }),
      )
    })
    effect(() => {
      if (this.list() > 1) untracked(() => this.#toTop())
    })
  }

  /** Scrolls to a place: its row stands near the top. */
  goTo(index: number): void {
    const real = this.scroll().jumpTo(index * this.#height() - this.#height())
    window.scrollTo({ top: this.#listTop() + real, behavior: 'instant' })
    this.#look()
  }

  /** As `goTo`, and the row takes the focus: the next key goes on from there. */
  startAt(index: number): void {
    this.goTo(index)
    this.#wanted = index
    afterNextRender(() => this.#takeWanted(), { injector: this.#injector })
  }

  /** By J and K: the row's link takes the focus, scrolled into sight first. */
  focusRow(index: number): void {
    const wanted = Math.max(0, Math.min(index, this.#count() - 1))
    this.#wanted = wanted
    if (this.#takeWanted()) return
    this.goTo(wanted)
    afterNextRender(() => this.#takeWanted(), { injector: this.#injector })
  }

  /** The place whose row has the focus; −1 where none has. */
  focusedIndex(): number {
    const row = document.activeElement?.closest<HTMLElement>('pf-row')
    return row && this.#element.contains(row) ? Number(row.dataset['index']) : -1
  }

  /** The place of a row that is in the document; −1 where it is not. */
  indexOf(id: string | undefined): number {
    return this.slots().find(({ row }) => row !== undefined && row.id === id)?.index ?? -1
  }

  protected follow(): void {
    const scroll = this.scroll()
    scroll.moveTo(window.scrollY - this.#listTop())
    this.#look()
    clearTimeout(this.#rest)
    if (scroll.isCut) this.#rest = setTimeout(() => this.#settle(), restMs)
  }

  protected measure(): void {
    this.#viewPx.set(innerHeight)
  }

  /** The browser prints what stands there as soon as this is over. */
  protected print(on: boolean): void {
    this.#printing.set(on)
    this.#app.tick()
  }

  protected pressed(index: number): void {
    const row = this.view().at(index)
    if (row) this.picked.emit({ index, row, kind: 'byHand' })
  }

  /** At once where the row is in the document: the next key already finds it there. */
  #takeWanted(): boolean {
    const link = this.#element.querySelector<HTMLElement>(`[data-index="${this.#wanted}"] a`)
    if (link === null) return false
    this.#wanted = undefined
    link.focus({ preventScroll: true })
    link.closest('pf-row')?.scrollIntoView({ block: 'nearest' })
    return true
  }

  #listTop(): number {
    return this.#element.getBoundingClientRect().top + window.scrollY
  }

  /** A list of another height: on from where the page is. */
  #place(scroll: TallScroll): void {
    if (scroll !== this.scroll()) return
    scroll.moveTo(window.scrollY - this.#listTop())
    this.#look()
  }

  #look(): void {
    const { offset, shift, view } = this.scroll()
    const height = this.#height()
    const last = Math.max(0, this.#count() - 1)
    const place = (px: number) => Math.max(0, Math.min(last, Math.floor(px / height)))
    this.#range.set({ from: place(offset - beyond * height), to: place(offset + view + beyond * height) })
    this.#shift.set(shift)
    this.topIndex.set(place(offset + height - 1))
  }

  #settle(): void {
    const real = this.scroll().settle()
    if (real === undefined) return
    this.#look()
    window.scrollTo({ top: this.#listTop() + real, behavior: 'instant' })
  }

  #toTop(): void {
    const top = this.#element.getBoundingClientRect().top
    if (top < 0) this.goTo(0)
    else this.#look()
  }

  #printed(): Range {
    let to = 0
    while (to < mostPrinted && this.view().at(to + 1) !== undefined) to++
    return { from: 0, to }
  }
}
