import {
  CdkFixedSizeVirtualScroll,
  CdkVirtualForOf,
  CdkVirtualScrollableWindow,
  CdkVirtualScrollViewport,
} from '@angular/cdk/scrolling'
import {
  Component,
  computed,
  DestroyRef,
  ElementRef,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core'
import type { Transaction } from '../../api/types.ts'
import { texts } from '../../texts.ts'
import { Row } from './row.ts'

/** Heights of a row; parts/row.css holds the same two. */
const heights = { wide: 44, narrow: 80 }
const narrowQuery = '(max-width: 999px)'
/** Ask for the next page when fewer rows than this are left below. */
const ahead = 40

/** The long list: only what is in sight is in the document; the page itself scrolls. */
@Component({
  selector: 'pf-row-list',
  imports: [CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport, CdkVirtualScrollableWindow, Row],
  template: `
    <cdk-virtual-scroll-viewport scrollWindow [itemSize]="height()" [minBufferPx]="400" [maxBufferPx]="1200" role="list" [attr.aria-label]="label">
      <pf-row *cdkVirtualFor="let row of rows(); let index = index; trackBy: byId" [row]="row" [account]="accounts().get(row.account_id)"
        [newDay]="rows()[index - 1]?.date !== row.date" [open]="row.id === openId()" [attr.aria-setsize]="count()" [attr.aria-posinset]="index + 1" />
    </cdk-virtual-scroll-viewport>
  `,
  styles: 'cdk-virtual-scroll-viewport { min-height: 44px; }',
})
export class RowList {
  readonly rows = input.required<readonly Transaction[]>()
  readonly accounts = input.required<ReadonlyMap<string, string>>()
  readonly count = input.required<number>()
  /** The row that is explained. */
  readonly openId = input<string>()
  readonly nearEnd = output<void>()

  protected readonly label = texts.transactions.list
  protected readonly byId = (_index: number, row: Transaction) => row.id
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
  readonly #media = matchMedia(narrowQuery)
  readonly #narrow = signal(this.#media.matches)
  protected readonly height = computed(() => (this.#narrow() ? heights.narrow : heights.wide))
  protected readonly viewport = viewChild.required(CdkVirtualScrollViewport)

  /** By J and K: the row's link takes the focus, scrolled into sight first. */
  focusRow(index: number): void {
    const row = this.rows()[index]
    if (row === undefined) return
    if (this.#take(row.id)) return
    this.viewport().scrollToIndex(index)
    requestAnimationFrame(() => this.#take(row.id))
  }

  /** At once where the row is in the document: the next key already finds it there. */
  #take(id: string): boolean {
    const link = this.#element.querySelector<HTMLElement>(`[data-row="${id}"]`)
    link?.focus({ preventScroll: true })
    link?.scrollIntoView({ block: 'nearest' })
    return link !== null
  }

  /** Of the row whose link has the focus; −1 where none has. */
  focusedIndex(): number {
    const id = (document.activeElement as HTMLElement | null)?.dataset['row']
    return id === undefined ? -1 : this.rows().findIndex((row) => row.id === id)
  }

  constructor() {
    const onChange = () => this.#narrow.set(this.#media.matches)
    this.#media.addEventListener('change', onChange)
    inject(DestroyRef).onDestroy(() => this.#media.removeEventListener('change', onChange))
    effect((onCleanup) => {
      const length = this.rows().length
      const seen = this.viewport().renderedRangeStream.subscribe(({ end }) => {
        if (end > 0 && end > length - ahead) untracked(() => this.nearEnd.emit())
      })
      onCleanup(() => seen.unsubscribe())
    })
  }
}
