import { Component, computed, input } from '@angular/core'
import { texts } from '../texts.ts'
import { Icon } from './icon.ts'
import type { IconName } from './icons.ts'

type Look = { icon: IconName; hue: number }

/** `hue` is the number of `--pf-cat-…`; 0 is ink, for what is not spending. */
const looks: Record<string, Look> = {
  home_and_bills: { icon: 'home', hue: 1 },
  groceries: { icon: 'shopping_basket', hue: 2 },
  eating_out: { icon: 'restaurant', hue: 3 },
  transport: { icon: 'directions_bus', hue: 4 },
  health: { icon: 'medical_services', hue: 5 },
  shopping: { icon: 'shopping_bag', hue: 6 },
  leisure: { icon: 'theaters', hue: 7 },
  family: { icon: 'family_restroom', hue: 8 },
  holidays: { icon: 'luggage', hue: 9 },
  other: { icon: 'more_horiz', hue: 10 },
  income: { icon: 'payments', hue: 0 },
  transfer: { icon: 'swap_horiz', hue: 0 },
  subscriptions: { icon: 'event_repeat', hue: 7 },
}

/** The categories a row can be looked for by, in the order the design gives their hues. */
export const knownCategories: readonly string[] = Object.keys(looks).filter((key) => key !== 'subscriptions')

const keyOf = (category: string) => category.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

/** A name for people: ours where we know the category, else its own words. */
export function categoryName(category: string): string {
  const known = texts.categories[keyOf(category)]
  if (known) return known
  const words = category.replaceAll(/[_-]+/g, ' ').trim()
  return words === '' ? (texts.categories['other'] ?? category) : words.charAt(0).toUpperCase() + words.slice(1)
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
