import { Injectable } from '@angular/core'

/** Leaves the app for a bank's page; only http(s), as the link comes from outside. */
@Injectable({ providedIn: 'root' })
export class Leave {
  to(link: string): void {
    const url = new URL(link, location.href)
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new Error(`Found a link by ${url.protocol}, expected http or https.`)
    location.assign(url)
  }
}
