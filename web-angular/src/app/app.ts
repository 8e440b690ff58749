import { ApplicationRef, Component, inject } from '@angular/core'
import { NavigationEnd, Router, RouterOutlet } from '@angular/router'

@Component({ selector: 'pf-app', imports: [RouterOutlet], template: '<router-outlet />' })
export class App {
  constructor() {
    const app = inject(ApplicationRef)
    // The router puts a page's bare elements into the document; their words come with the next tick, which on a busy machine
    // is a frame later, and the page would be seen collapsed and then jump. A microtask comes before any frame.
    inject(Router).events.subscribe((event) => {
      if (event instanceof NavigationEnd) queueMicrotask(() => app.tick())
    })
  }
}
