import { Injectable, inject } from '@angular/core'
import { Router } from '@angular/router'
import { inside } from './guards.ts'

/** Of this tab: the page from which the way to the bank began. */
const whenceKey = 'pf.whence'
/** Where every return arrives by itself, and what only leads there. */
const onTheWay = /^\/(connections|welcome|sign-in|register)\b/

/** Leaves the app for a bank's page; only http(s), as the link comes from outside. */
@Injectable({ providedIn: 'root' })
export class Leave {
  readonly #router = inject(Router)

  to(link: string): void {
    const url = new URL(link, location.href)
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new Error(`Found a link by ${url.protocol}, expected http or https.`)
    this.#remember()
    location.assign(url)
  }

  #remember(): void {
    const here = this.#router.lastSuccessfulNavigation()
    const before = here?.previousNavigation?.finalUrl?.toString() ?? '/connections'
    const whence = onTheWay.test(this.#router.url) ? before : this.#router.url
    try {
      sessionStorage.removeItem(whenceKey)
      if (!onTheWay.test(whence)) sessionStorage.setItem(whenceKey, whence)
    } catch {
      // Storage is blocked: the return stays under Connections.
    }
  }
}

/** Once: the page to go back to after the bank's; undefined where that is Connections. Only a place of our own. */
export function takeWhence(): string | undefined {
  try {
    const whence = sessionStorage.getItem(whenceKey)
    sessionStorage.removeItem(whenceKey)
    return whence === null ? undefined : inside(whence)
  } catch {
    return undefined
  }
}
