import { afterNextRender, DestroyRef, Directive, ElementRef, inject, signal } from '@angular/core'

/** The element's own width in CSS pixels, so that a chart is drawn at its size and its words are never scaled. */
@Directive({ selector: '[pfWidth]', exportAs: 'pfWidth' })
export class Width {
  readonly px = signal(0)
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement

  constructor() {
    const destroyed = inject(DestroyRef)
    afterNextRender(() => {
      const observer = new ResizeObserver(([entry]) => this.px.set(Math.round(entry?.contentRect.width ?? 0)))
      observer.observe(this.#element)
      destroyed.onDestroy(() => observer.disconnect())
    })
  }
}
