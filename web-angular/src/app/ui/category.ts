import { Component, computed, input } from '@angular/core'
import { texts } from '../texts.ts'
import { Icon } from './icon.ts'
import type { IconName } from './icons.ts'

type Look = { icon: IconName; hue: number }

/**
 * The seed's categories (analytics/seeds/categories.csv) in the ten hues of the design: kin share a hue, each has its name.
 * `hue` is the number of `--pf-cat-…`; 0 is ink, for what is not spending.
 */
const looks: Record<string, Look> = {
  income: { icon: 'payments', hue: 0 },
  interest: { icon: 'payments', hue: 0 },
  other_income: { icon: 'payments', hue: 0 },
  transfer: { icon: 'swap_horiz', hue: 0 },
  groceries: { icon: 'shopping_basket', hue: 2 },
  eating_out: { icon: 'restaurant', hue: 3 },
  housing: { icon: 'home', hue: 1 },
  council_tax: { icon: 'home', hue: 1 },
  energy: { icon: 'home', hue: 1 },
  water: { icon: 'home', hue: 1 },
  phone_internet: { icon: 'home', hue: 1 },
  insurance: { icon: 'home', hue: 1 },
  transport: { icon: 'directions_bus', hue: 4 },
  car: { icon: 'directions_bus', hue: 4 },
  travel: { icon: 'luggage', hue: 9 },
  subscriptions: { icon: 'event_repeat', hue: 7 },
  shopping: { icon: 'shopping_bag', hue: 6 },
  clothing: { icon: 'shopping_bag', hue: 6 },
  home: { icon: 'home', hue: 1 },
  health: { icon: 'medical_services', hue: 5 },
  fitness: { icon: 'medical_services', hue: 5 },
  entertainment: { icon: 'theaters', hue: 7 },
  children: { icon: 'family_restroom', hue: 8 },
  pets: { icon: 'family_restroom', hue: 8 },
  gifts_charity: { icon: 'family_restroom', hue: 8 },
  education: { icon: 'family_restroom', hue: 8 },
  cash: { icon: 'more_horiz', hue: 10 },
  bank_fees: { icon: 'more_horiz', hue: 10 },
  taxes: { icon: 'more_horiz', hue: 10 },
  uncategorised: { icon: 'more_horiz', hue: 10 },
}

/** The categories a row can be looked for by, in the seed's order. */
export const knownCategories: readonly string[] = Object.keys(looks)

const keyOf = (category: string) => category.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

/** A name for people: ours where we know the category, else its own words. */
export function categoryName(category: string): string {
  const known = texts.categories[keyOf(category)]
  if (known) return known
  const words = category.replaceAll(/[_-]+/g, ' ').trim()
  return words === '' ? (texts.categories['uncategorised'] ?? category) : words.charAt(0).toUpperCase() + words.slice(1)
}

export const categoryLook = (category: string): Look => looks[keyOf(category)] ?? { icon: 'more_horiz', hue: 10 }

/** Round mark of a category, always beside its name. */
@Component({
  selector: 'pf-category-mark',
  imports: [Icon],
  host: { '[class]': "'cat k' + look().hue" },
  template: '<pf-icon [name]="look().icon" [small]="true" />',
})
export class CategoryMark {
  readonly category = input.required<string>()
  protected readonly look = computed(() => categoryLook(this.category()))
}
