/** Browsers draw nothing beyond some 17 million pixels (Firefox; Chrome 33): the element is never higher than this. */
export const tallest = 6_000_000
/** At both ends a pixel of the page is a pixel of the list; what is too much is left out of the middle. */
const plain = 400_000
/** A move of more than so many views is the scrollbar's: it goes to its share of the list, not that many pixels on. */
const localViews = 3

/**
 * A list that is higher than an element may be: where in it one is (`offset`, in its own pixels) against where the page
 * is scrolled to (`real`, counted from the list's top). The wheel moves it pixel by pixel, the scrollbar through all of
 * it; the two then say different things of one place, and `settle` tells where the page should be scrolled to instead.
 */
export class TallScroll {
  readonly total: number
  readonly view: number
  readonly height: number
  offset = 0
  #real = 0

  constructor(total: number, view: number) {
    this.total = total
    this.view = view
    this.height = Math.min(total, tallest)
  }

  get isCut(): boolean {
    return this.height < this.total
  }

  /** What has to be added to a place in the list to get its place in the element. */
  get shift(): number {
    return this.isCut ? this.#real - this.offset : 0
  }

  /** The page was scrolled by its user. */
  moveTo(real: number): void {
    const delta = real - this.#real
    const local = this.isCut && Math.abs(delta) <= localViews * this.view
    const end = Math.max(0, this.total - this.view)
    this.offset = local ? Math.min(end, this.offset + delta) : this.#listOf(real)
    // Above the list stands the page's head: it scrolls away and comes back as everywhere.
    if (local && this.offset < 0) this.offset = Math.min(real, 0)
    this.#real = real
  }

  /** Goes to a place of the list; answers where the page has to be scrolled to for it. */
  jumpTo(offset: number): number {
    this.offset = Math.max(0, Math.min(offset, this.total - this.view))
    this.#real = this.#realOf(this.offset)
    return this.#real
  }

  /** Where the page should be scrolled to so that both say the same; undefined where they do. The rows stay in sight. */
  settle(): number | undefined {
    const real = this.#realOf(this.offset)
    if (!this.isCut || Math.abs(real - this.#real) < 1) return undefined
    this.#real = real
    return real
  }

  #listOf(real: number): number {
    if (!this.isCut || real <= plain) return real
    const fromEnd = this.height - this.view - real
    if (fromEnd <= plain) return this.total - this.view - fromEnd
    return plain + (real - plain) * this.#stretch
  }

  #realOf(offset: number): number {
    if (!this.isCut || offset <= plain) return offset
    const fromEnd = this.total - this.view - offset
    if (fromEnd <= plain) return this.height - this.view - fromEnd
    return plain + (offset - plain) / this.#stretch
  }

  get #stretch(): number {
    return (this.total - this.view - 2 * plain) / (this.height - this.view - 2 * plain)
  }
}
