import { Component, inject, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { settingsTexts } from '../texts/settings.ts'
import { texts } from '../texts.ts'
import { Appearance, type Density, type Theme } from '../ui/appearance.ts'
import { Card } from '../ui/card.ts'
import { plainDay, whenText } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { ExportsStore } from './exports-store.ts'
import { InvitesStore } from './invites-store.ts'
import { ExportList } from './parts/export-list.ts'
import { InviteList } from './parts/invite-list.ts'
import { PasskeyList } from './parts/passkeys.ts'
import { PasswordForm } from './parts/password-form.ts'
import { SecondStepSetup } from './parts/second-step.ts'
import { TokenForm } from './parts/token-form.ts'
import { SettingsStore } from './store.ts'
import { WaysStore } from './ways-store.ts'

@Component({
  selector: 'pf-settings',
  imports: [
    Card,
    Empty,
    ExportList,
    Icon,
    InviteList,
    MatButton,
    PageHead,
    PasskeyList,
    PasswordForm,
    SecondStepSetup,
    Strip,
    TokenForm,
  ],
  providers: [ExportsStore, InvitesStore, SettingsStore, WaysStore],
  templateUrl: './page.html',
  styles: `
    .look { display: grid; gap: 16px; } .look .seg { justify-self: start; } dt { font: var(--pf-text-small); color: var(--pf-ink-2); } dd { margin: 0 0 12px; }
    .switch { display: flex; gap: 10px; align-items: start; } .switch input { width: 18px; height: 18px; margin: 2px 0 0; accent-color: var(--pf-primary); }
    .erase { display: grid; gap: 12px; max-width: 460px; } .icon-btn { width: var(--pf-control); height: var(--pf-control); display: grid; place-items: center; border: 0; background: none; color: var(--pf-ink-2); border-radius: var(--pf-radius-m); cursor: pointer; }
    .pill { padding-left: 8px; }
  `,
})
export class SettingsPage {
  protected readonly store = inject(SettingsStore)
  protected readonly ways = inject(WaysStore)
  protected readonly people = inject(InvitesStore)
  protected readonly files = inject(ExportsStore)
  protected readonly appearance = inject(Appearance)
  protected readonly texts = settingsTexts
  protected readonly shell = texts.shell
  protected readonly themes: readonly Theme[] = ['light', 'dark', 'system']
  protected readonly densities: readonly Density[] = ['comfortable', 'compact']
  protected readonly whenText = whenText
  protected readonly plainDay = plainDay
  /** Asked for, and not yet meant. */
  protected readonly sure = signal(false)

  protected problemOf(part: string): string | undefined {
    const said = [this.store, this.ways, this.people, this.files].map(({ commands }) => commands)
    const found = said.map((commands) => commands.problem()).find((one) => one?.part === part)
    if (found === undefined) return undefined
    return found.problem.code === 'bad_credentials' ? this.texts.wrongPassword : problemText(found.problem)
  }

  /** Once what a form asked for was done it is emptied, or closed, and the events tell of it. */
  protected async when(asked: Promise<boolean>, done?: () => void): Promise<void> {
    if (!(await asked)) return
    done?.()
    await this.store.events.refresh()
  }
}
