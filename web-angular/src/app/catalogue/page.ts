import { Component, signal } from '@angular/core'
import { catalogueTexts } from '../texts/catalogue.ts'
import { AccountChoice } from '../ui/account-choice.ts'
import { AccountLine } from '../ui/account-line.ts'
import { AsOf } from '../ui/as-of.ts'
import { Card } from '../ui/card.ts'
import { CategoryMark, categoryName, knownCategories } from '../ui/category.ts'
import { ChoiceChip } from '../ui/choice-chip.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { type IconName, icons } from '../ui/icons.ts'
import { MoneyText } from '../ui/money.ts'
import { PageHead } from '../ui/page-head.ts'
import { PanelChip } from '../ui/panel-chip.ts'
import { DemoPill, PendingPill } from '../ui/pills.ts'
import { ProofBadge, ruleOf } from '../ui/proof.ts'
import { RowLine } from '../ui/row-line.ts'
import { Sparkline } from '../ui/sparkline.ts'
import { Strip } from '../ui/strip.ts'
import { YearChip } from '../ui/year-chip.ts'
import { amounts, balances, proofs, sampleAccount, sampleRow, states } from './samples.ts'

/** Every shared part in every state, alive: what a new page is built from, and where a change of one is looked at. */
@Component({
  selector: 'pf-catalogue',
  imports: [
    AccountChoice,
    AccountLine,
    AsOf,
    Card,
    CategoryMark,
    ChoiceChip,
    CurrencyChoice,
    DemoPill,
    Empty,
    Icon,
    MoneyText,
    PageHead,
    PanelChip,
    PendingPill,
    ProofBadge,
    RowLine,
    Sparkline,
    Strip,
    YearChip,
  ],
  templateUrl: './page.html',
  styles: `
    .flow { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: center; }
    .proven { display: grid; gap: 6px; justify-items: start; }
    .strips { display: grid; gap: 8px; }
    .named { display: inline-flex; align-items: center; gap: 8px; min-width: 180px; font: var(--pf-text-small); }
  `,
})
export class CataloguePage {
  protected readonly texts = catalogueTexts
  protected readonly proofs = proofs
  protected readonly amounts = amounts
  protected readonly account = sampleAccount
  protected readonly rows = [sampleRow({}), sampleRow({ status: 'pending', category: 'groceries', counterparty: null })]
  protected readonly states = states
  protected readonly balances = balances
  protected readonly ruleOf = ruleOf
  protected readonly categories = knownCategories.map((category) => ({ category, name: categoryName(category) }))
  protected readonly iconNames = Object.keys(icons) as IconName[]
  protected readonly kinds = ['err', 'att', 'info', 'ok'] as const
  protected readonly choices = this.categories
    .slice(0, 6)
    .map(({ category, name }) => ({ value: category, text: name }))
  protected readonly category = signal<string | undefined>('groceries')
  protected readonly accountId = signal<string | undefined>(undefined)
  protected readonly currency = signal('GBP')
}
