import { DestroyRef, effect, inject, type Signal, signal } from '@angular/core'

/**
 * How many of `all()` have had their turn: one more in each task, from none on. What draws itself in turn leaves room in
 * between for a finger, which a slow phone could not answer while it drew all at once.
 */
export function turns(all: () => number): Signal<number> {
  const had = signal(0)
  let next: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    clearTimeout(next)
    if (had() < all()) next = setTimeout(() => had.update((before) => before + 1))
  })
  inject(DestroyRef).onDestroy(() => clearTimeout(next))
  return had.asReadonly()
}
