import { Component, computed, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { addBankTexts } from '../../texts/connections.ts'
import { BankMark } from '../../ui/bank-mark.ts'
import { Card } from '../../ui/card.ts'
import { Empty } from '../../ui/empty.ts'
import { PageHead } from '../../ui/page-head.ts'
import { DemoPill } from '../../ui/pills.ts'
import { Strip } from '../../ui/strip.ts'
import { AddBankStore } from './store.ts'

@Component({
  selector: 'pf-add-bank',
  imports: [BankMark, Card, DemoPill, Empty, MatButton, PageHead, RouterLink, Strip],
  providers: [AddBankStore],
  templateUrl: './page.html',
  styles: `
    .ask { display: grid; grid-template-columns: minmax(180px, 280px) minmax(0, 1fr); gap: 16px; margin-bottom: var(--pf-gutter); }
    .note { margin-bottom: var(--pf-gutter); }
    .more, .other { margin-top: 12px; }
    @media (max-width: 719px) { .ask { grid-template-columns: minmax(0, 1fr); } }
  `,
})
export class AddBankPage {
  protected readonly store = inject(AddBankStore)
  protected readonly texts = addBankTexts
  protected readonly none = computed(() => {
    const query = this.store.query().trim()
    return query === ''
      ? addBankTexts.noneAtAll(this.store.countryName())
      : addBankTexts.none(query, this.store.countryName())
  })
}
