import { Component, DestroyRef, type ElementRef, inject, signal, viewChild } from '@angular/core'
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router'
import { texts } from '../texts.ts'
import { Appearance } from '../ui/appearance.ts'
import { Brand } from '../ui/brand.ts'
import { Icon } from '../ui/icon.ts'
import { Strip } from '../ui/strip.ts'
import { Arrivals } from './arrivals.ts'
import { PersonButton } from './person-button.ts'
import { PersonMenu, type Place } from './person-menu.ts'
import { RailFoot } from './rail-foot.ts'
import { ShellStore } from './store.ts'

/** The frame of every page: rail on a desk, bottom bar on a phone, and what stands above all of them. */
@Component({
  selector: 'pf-shell',
  imports: [
    Arrivals,
    Brand,
    Icon,
    PersonButton,
    PersonMenu,
    RailFoot,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    Strip,
  ],
  providers: [ShellStore],
  host: { '(document:keydown)': 'onKey($event)' },
  templateUrl: './shell.html',
  styleUrl: './shell.css',
})
export class Shell {
  protected readonly store = inject(ShellStore)
  protected readonly appearance = inject(Appearance)
  protected readonly texts = texts
  protected readonly money: Place[] = [
    { to: '/', icon: 'space_dashboard', word: texts.nav.dashboard, exact: true },
    { to: '/accounts', icon: 'account_balance_wallet', word: texts.nav.accounts, exact: false },
    { to: '/transactions', icon: 'receipt_long', word: texts.nav.transactions, exact: false },
    { to: '/spending', icon: 'grid_on', word: texts.nav.spending, exact: false },
    { to: '/cash-flow', icon: 'bar_chart', word: texts.nav.cashFlow, exact: false },
    { to: '/net-worth', icon: 'show_chart', word: texts.nav.netWorth, exact: false },
    { to: '/recurring', icon: 'event_repeat', word: texts.nav.recurring, exact: false },
  ]
  protected readonly behind: Place[] = [
    { to: '/connections', icon: 'account_balance', word: texts.nav.connections, exact: false },
    { to: '/imports', icon: 'upload_file', word: texts.nav.imports, exact: false },
    { to: '/held', icon: 'fact_check', word: texts.nav.held, exact: false },
    { to: '/pipeline', icon: 'conversion_path', word: texts.nav.pipeline, exact: false },
    { to: '/sql', icon: 'terminal', word: texts.nav.sql, exact: false },
    { to: '/settings', icon: 'settings', word: texts.nav.settings, exact: false },
  ]
  /** As many as a thumb can tell apart; the others are a step away, under More. */
  protected readonly bottom = this.#placed(['/', '/transactions', '/spending', '/accounts'])
  protected readonly more = [...this.money, ...this.behind].filter((place) => !this.bottom.includes(place))
  /** The rail shows words, and so has room for its foot; a narrow screen does not ask for what it cannot show. */
  protected readonly wide = matchMedia('(min-width: 1200px)').matches
  /** Which of the person's buttons was pressed before its menu was loaded. */
  protected readonly menuAsked = signal<'top' | 'bar' | undefined>(undefined)
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

  #placed(paths: readonly string[]): Place[] {
    return paths.flatMap((path) => this.money.find(({ to }) => to === path) ?? [])
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    if (target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]')) return
    this.appearance.togglePrivacy()
  }
}
