import { Component, computed, inject, signal } from '@angular/core'
import { FormsModule } from '@angular/forms'
import { MatButton } from '@angular/material/button'
import { sqlTexts } from '../texts/sql.ts'
import { texts } from '../texts.ts'
import { Card } from '../ui/card.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { barsOf, cellText, isNumber, toCsv } from './answer.ts'
import { BarsView } from './parts/bars.ts'
import { SqlStore } from './store.ts'

@Component({
  selector: 'pf-sql',
  imports: [BarsView, Card, Empty, FormsModule, Icon, MatButton, PageHead, Strip],
  providers: [SqlStore],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class SqlPage {
  protected readonly store = inject(SqlStore)
  protected readonly texts = sqlTexts
  protected readonly saveWord = texts.save
  protected readonly cellText = cellText
  protected readonly isNumber = isNumber
  protected readonly problemText = problemText

  protected readonly asChart = signal(false)
  protected readonly bars = computed(() => {
    const answer = this.store.answer()
    return answer && barsOf(answer)
  })
  protected readonly name = signal('')
  protected readonly copied = signal(false)

  protected onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void this.store.ask()
  }

  protected async keep(): Promise<void> {
    const name = this.name().trim()
    if (name !== '' && (await this.store.keep(name))) this.name.set('')
  }

  protected async copy(): Promise<void> {
    const answer = this.store.answer()
    if (!answer) return
    await navigator.clipboard.writeText(toCsv(answer))
    this.copied.set(true)
    setTimeout(() => this.copied.set(false), 2000)
  }
}
