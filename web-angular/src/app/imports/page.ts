import { Component, computed, inject, signal } from '@angular/core'
import { MatButton } from '@angular/material/button'
import type { Import } from '../api/types.ts'
import { importsTexts } from '../texts/imports.ts'
import { texts } from '../texts.ts'
import { Card } from '../ui/card.ts'
import { plainDay } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { PageHead } from '../ui/page-head.ts'
import { Strip } from '../ui/strip.ts'
import { ColumnChoice } from './parts/column-choice.ts'
import { ImportReport } from './parts/report.ts'
import { ImportsStore } from './store.ts'

/** Statement files: drop one, see what it would bring, import it, take it back. */
@Component({
  selector: 'pf-imports',
  imports: [Card, ColumnChoice, Empty, ImportReport, MatButton, PageHead, Strip],
  providers: [ImportsStore],
  templateUrl: './page.html',
  styles: `
    .open { display: grid; gap: 16px; margin-bottom: var(--pf-gutter); }
    .zone { display: grid; gap: 4px; justify-items: center; padding: 28px 16px; border: 1.5px dashed var(--pf-line-strong); border-radius: var(--pf-radius-m); cursor: pointer; text-align: center; }
    .zone:hover, .zone.over, .zone:focus-within { border-color: var(--pf-primary); background: var(--pf-primary-soft); }
    .ask { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr)); gap: 16px; }
    h2 { overflow-wrap: anywhere; }
    .btns { display: flex; flex-wrap: wrap; gap: 8px; }
    summary { padding: 4px 0 12px; cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px; }
    .bad { color: var(--pf-error); }
  `,
})
export class ImportsPage {
  protected readonly store = inject(ImportsStore)
  protected readonly texts = importsTexts
  protected readonly again = texts.retry
  protected readonly accept = '.csv,.tsv,.txt,.ofx,.qfx,.qif,.xml,.camt,.sta,.mt940,.940'
  protected readonly over = signal(false)
  protected readonly placeValue = computed(() => {
    const place = this.store.place()
    return typeof place === 'string' ? place : place.accountId
  })

  protected choosePlace(value: string): void {
    this.store.place.set(value === 'file' || value === 'new' ? value : { accountId: value })
    // A name has to be typed first; the other places can be tried at once.
    if (value !== 'new') void this.store.tryAgain()
  }

  protected picked(event: Event): void {
    const input = event.target as HTMLInputElement
    const file = input.files?.[0]
    // The same file may be chosen again after it was changed.
    input.value = ''
    if (file) void this.store.choose(file)
  }

  protected dragged(event: DragEvent): void {
    event.preventDefault()
    this.over.set(true)
  }

  protected dropped(event: DragEvent): void {
    event.preventDefault()
    this.over.set(false)
    const file = event.dataTransfer?.files[0]
    if (file) void this.store.choose(file)
  }

  protected lineOf(one: Import): string {
    const day = one.imported_at && plainDay(one.imported_at.slice(0, 10))
    const state = one.status === 'taken_back' ? importsTexts.takenBack : importsTexts.sum(one)
    return [one.account?.name, day, state].filter(Boolean).join(' · ')
  }
}
