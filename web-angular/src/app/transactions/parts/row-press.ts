import { DestroyRef, Directive, ElementRef, inject, input, output } from '@angular/core'

/** A finger that rests so long on a row selects it: a little more than a slow tap. */
const holdMs = 500
/** A finger that moves further scrolls. */
const stillPx = 10

/**
 * Selection without a keyboard. A finger that rests on a row selects it; and while a tap selects, one does, instead of
 * opening the row. Stands around the rows and hears of a click before they do.
 */
@Directive({ selector: '[pfRowPress]' })
export class RowPress {
  /** A tap selects: a selection by hand is under way. */
  readonly selects = input(false, { alias: 'pfRowPress' })
  /** The place of the row that was picked. */
  readonly pressed = output<number>()

  /** Of the press that is under way: where it began, and the row that it rests on until it has been picked or has moved. */
  #begun: { x: number; y: number; place: number } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The latest press is by a finger or a pen: the browser's own menu, and dragging a link away, are not what it means. */
  #byHand = false
  /** The latest press has picked its row: the click that a browser may make of it is no tap. */
  #picked = false

  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
    const on = <K extends keyof HTMLElementEventMap>(type: K, hear: (event: HTMLElementEventMap[K]) => void) =>
      element.addEventListener(type, hear, { capture: true })
    on('pointerdown', (event) => this.#down(event))
    on('pointermove', (event) => this.#move(event))
    on('pointerup', () => this.#end())
    // The page scrolls, or the system takes the finger for something else.
    on('pointercancel', () => this.#end())
    on('contextmenu', (event) => this.#menu(event))
    on('dragstart', (event) => this.#byHand && event.preventDefault())
    on('click', (event) => this.#click(event))
    inject(DestroyRef).onDestroy(() => this.#end())
  }

  #down(event: PointerEvent): void {
    this.#end()
    this.#picked = false
    this.#byHand = event.pointerType !== 'mouse'
    const place = placeOf(event)
    // A second finger is a pinch.
    if (!this.#byHand || !event.isPrimary || place === undefined) return
    this.#begun = { x: event.clientX, y: event.clientY, place }
    this.#timer = setTimeout(() => this.#hold(), holdMs)
  }

  #move({ clientX, clientY }: PointerEvent): void {
    if (this.#begun && Math.hypot(clientX - this.#begun.x, clientY - this.#begun.y) > stillPx) this.#end()
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#begun = undefined
  }

  #hold(): void {
    if (this.#begun === undefined) return
    this.#picked = true
    this.pressed.emit(this.#begun.place)
    this.#end()
  }

  /** Some systems ask for their menu before our time is over, and take the finger away if they get it. */
  #menu(event: Event): void {
    if (!this.#byHand) return
    event.preventDefault()
    this.#hold()
  }

  #click(event: MouseEvent): void {
    const place = placeOf(event)
    const means = this.#picked ? 'nothing' : this.selects() && place !== undefined && isPlain(event) ? 'pick' : 'open'
    this.#picked = false
    if (means === 'open') return
    // Nor does the row's link hear of it.
    event.preventDefault()
    event.stopPropagation()
    if (means === 'pick' && place !== undefined) this.pressed.emit(place)
  }
}

const isPlain = (event: MouseEvent): boolean => !event.ctrlKey && !event.metaKey && !event.shiftKey

function placeOf(event: Event): number | undefined {
  const row = (event.target as Element).closest<HTMLElement>('[data-index]')
  return row === null ? undefined : Number(row.dataset['index'])
}
