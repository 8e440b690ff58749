import { afterNextRender, Component, input, output, viewChild } from '@angular/core'
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import type { Density, Theme } from '../ui/appearance.ts'
import { Icon } from '../ui/icon.ts'
import type { IconName } from '../ui/icons.ts'
import { PersonButton } from './person-button.ts'
import type { Place } from './places.ts'

/** Who is signed in, how this device looks, and the way out. Loaded when the page is idle: no first screen needs it. */
@Component({
  selector: 'pf-person-menu',
  imports: [Icon, MatMenu, MatMenuItem, MatMenuTrigger, PersonButton, RouterLink],
  template: `
    <button pf-person-button type="button" [bar]="bar()" [username]="username()" [matMenuTriggerFor]="menu"></button>
    <mat-menu #menu="matMenu">
      @for (place of places(); track place.to) {
        <a mat-menu-item [routerLink]="place.to"><span class="line"><pf-icon [name]="place.icon" /><span class="grow">{{ place.word }}</span></span></a>
      }
      <div class="who" [class.after]="places().length > 0" role="presentation">{{ texts.signedInAs(username()) }}</div>
      @for (one of themes; track one.theme) {
        <button mat-menu-item role="menuitemradio" [attr.aria-checked]="theme() === one.theme" (click)="choose.emit(one.theme)">
          <span class="line"><pf-icon [name]="one.icon" /><span class="grow">{{ one.word }}</span>@if (theme() === one.theme) { <pf-icon name="check" [small]="true" /> }</span>
        </button>
      }
      <button mat-menu-item class="after" role="menuitemcheckbox" [attr.aria-checked]="density() === 'compact'" (click)="chooseDensity.emit(density() === 'compact' ? 'comfortable' : 'compact')">
        <span class="line"><pf-icon name="density_small" /><span class="grow">{{ texts.compact }}</span>@if (density() === 'compact') { <pf-icon name="check" [small]="true" /> }</span>
      </button>
      <button mat-menu-item class="out" (click)="signOut.emit()">
        <span class="line"><pf-icon name="logout" /><span class="grow">{{ texts.signOut }}</span></span>
      </button>
    </mat-menu>
  `,
  styles: `
    :host { display: contents; }
    .who { padding: 8px 16px; font: var(--pf-text-caption); color: var(--pf-ink-2); max-width: 260px; overflow-wrap: anywhere; }
    .line { display: flex; align-items: center; gap: 12px; }
    .after { border-top: 1px solid var(--pf-line); }
    .out { border-top: 1px solid var(--pf-line); }
  `,
})
export class PersonMenu {
  readonly username = input.required<string>()
  readonly theme = input.required<Theme>()
  readonly density = input.required<Density>()
  readonly bar = input(false)
  /** Pages that have no place of their own in the bar. */
  readonly places = input<readonly Place[]>([])
  /** Somebody pressed the button before the menu was loaded: it opens as soon as it is there. */
  readonly asked = input(false)
  readonly choose = output<Theme>()
  readonly chooseDensity = output<Density>()
  readonly signOut = output<void>()

  protected readonly texts = texts.shell
  private readonly trigger = viewChild.required(MatMenuTrigger)
  protected readonly themes: { theme: Theme; icon: IconName; word: string }[] = [
    { theme: 'light', icon: 'light_mode', word: texts.shell.light },
    { theme: 'dark', icon: 'dark_mode', word: texts.shell.dark },
    { theme: 'system', icon: 'contrast', word: texts.shell.system },
  ]

  constructor() {
    afterNextRender(() => {
      if (this.asked()) this.trigger().openMenu()
    })
  }
}
