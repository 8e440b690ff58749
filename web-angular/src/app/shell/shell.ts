import { Component, DestroyRef, type ElementRef, inject, signal, viewChild } from '@angular/core'
import {
  type IsActiveMatchOptions,
  NavigationEnd,
  Router,
  RouterLink,
  RouterLinkActive,
  RouterOutlet,
} from '@angular/router'
import { texts } from '../texts.ts'
import { Appearance } from '../ui/appearance.ts'
import { Brand } from '../ui/brand.ts'
import { whenText } from '../ui/days.ts'
import { Icon } from '../ui/icon.ts'
import { screenIs } from '../ui/screen.ts'
import { Strip } from '../ui/strip.ts'
import { turns } from '../ui/turns.ts'
import { Arrivals } from './arrivals.ts'
import { DoneBar } from './done-bar.ts'
import { Palette } from './palette/palette.ts'
import { PersonButton } from './person-button.ts'
import { PersonMenu } from './person-menu.ts'
import { behind, bottom, money, more } from './places.ts'
import { RailFoot } from './rail-foot.ts'
import { ShellStore } from './store.ts'

const anyQuery = { queryParams: 'ignored', matrixParams: 'ignored', fragment: 'ignored' } as const

/** The frame of every page: rail on a desk, bottom bar on a phone, and what stands above all of them. */
@Component({
  selector: 'pf-shell',
  imports: [
    Arrivals,
    Brand,
    DoneBar,
    Icon,
    Palette,
    PersonButton,
    PersonMenu,
    RailFoot,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    Strip,
  ],
  providers: [ShellStore],
  host: { '(document:keydown)': 'onKey($event)', '(window:beforeprint)': 'onPrint()' },
  templateUrl: './shell.html',
  styleUrl: './shell.css',
})
export class Shell {
  protected readonly store = inject(ShellStore)
  protected readonly appearance = inject(Appearance)
  protected readonly texts = texts
  protected readonly money = money
  protected readonly behind = behind
  protected readonly bottom = bottom
  protected readonly more = more
  /** A page is where it is whatever its filters are. */
  protected readonly exactly: IsActiveMatchOptions = { ...anyQuery, paths: 'exact' }
  protected readonly within: IsActiveMatchOptions = { ...anyQuery, paths: 'subset' }
  /** The rail shows words, and so has room for its foot; a narrow screen does not ask for what it cannot show. */
  protected readonly wide = matchMedia('(min-width: 1200px)').matches
  /** A bar below instead of the rail, as shell.css says: neither is made where the other stands. */
  protected readonly narrow = screenIs('(max-width: 719px)')
  /** The frame comes first and its page in a turn of its own: a slow phone shows the one while it makes the other. */
  protected readonly turn = turns(() => 1)
  /** Which of the person's buttons was pressed before its menu was loaded. */
  protected readonly menuAsked = signal<'top' | 'bar' | undefined>(undefined)
  /** The palette is loaded when it is first asked for. */
  protected readonly paletteAsked = signal(false)
  protected readonly printedAt = signal('')
  private readonly palette = viewChild<Palette>('palette')
  protected readonly main = viewChild.required<ElementRef<HTMLElement>>('main')

  constructor() {
    const router = inject(Router)
    let path = router.url.split('?')[0]
    const moves = router.events.subscribe((event) => {
      if (!(event instanceof NavigationEnd)) return
      const next = event.urlAfterRedirects.split('?')[0]
      // A new page is read from its start; a changed filter leaves the focus where it is.
      if (next !== path) this.main().nativeElement.focus({ preventScroll: true })
      path = next
    })
    inject(DestroyRef).onDestroy(() => moves.unsubscribe())
  }

  protected onPrint(): void {
    this.printedAt.set(whenText(new Date().toISOString()))
  }

  protected openPalette(): void {
    this.paletteAsked.set(true)
    this.palette()?.open()
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault()
      this.openPalette()
      return
    }
    if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    if (target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog], dialog')) return
    this.appearance.togglePrivacy()
  }
}
