import { DestroyRef, inject, type Signal, signal } from '@angular/core'

/** Whether a media query holds, now and as the window changes. */
export function screenIs(query: string): Signal<boolean> {
  const media = matchMedia(query)
  const holds = signal(media.matches)
  const look = () => holds.set(media.matches)
  media.addEventListener('change', look)
  inject(DestroyRef).onDestroy(() => media.removeEventListener('change', look))
  return holds.asReadonly()
}
