/** The cards there are, in the order of a first look: this month, what needs me, where it went, accounts, latest. */
export const cardIds = ['month', 'needs', 'spending', 'flow', 'accounts', 'latest'] as const
export type CardId = (typeof cardIds)[number]
/** All cards in their order; those hidden keep their place. */
export type Arrangement = { order: readonly CardId[]; hidden: readonly CardId[] }

export const asItWas: Arrangement = { order: cardIds, hidden: [] }

/** Twelfths of the width a card would like to have. */
const wanted: Record<CardId, number> = { month: 8, needs: 4, spending: 5, flow: 7, accounts: 5, latest: 7 }
const narrowest = 4

/** Whatever is remembered: cards that another version knew are left out, those it did not know stand at the end. */
export function arrangementOf(value: unknown): Arrangement {
  const { order, hidden } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const known = [...new Set(idsOf(order))]
  return { order: [...known, ...cardIds.filter((id) => !known.includes(id))], hidden: [...new Set(idsOf(hidden))] }
}

const idsOf = (value: unknown): CardId[] =>
  Array.isArray(value) ? value.flatMap((one) => cardIds.find((id) => id === one) ?? []) : []

/** The cards in sight, two to a row, each as wide as its neighbour lets it; a last one alone takes the row. */
export function laidOut({ order, hidden }: Arrangement): { id: CardId; span: number }[] {
  const shown = order.filter((id) => !hidden.includes(id))
  return shown.map((id, index) => {
    const first = index % 2 === 0
    const other = shown[first ? index + 1 : index - 1]
    if (other === undefined) return { id, span: 12 }
    const left = first ? wanted[id] : wanted[other]
    const both = wanted[id] + wanted[other]
    const span = Math.min(12 - narrowest, Math.max(narrowest, Math.round((12 * left) / both)))
    return { id, span: first ? span : 12 - span }
  })
}

/** `id` at `place` of the order, the others closing up. */
export function moved(arrangement: Arrangement, id: CardId, place: number): Arrangement {
  const others = arrangement.order.filter((one) => one !== id)
  const at = Math.min(others.length, Math.max(0, place))
  return { ...arrangement, order: [...others.slice(0, at), id, ...others.slice(at)] }
}

export function toggled(arrangement: Arrangement, id: CardId): Arrangement {
  const { hidden } = arrangement
  return { ...arrangement, hidden: hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id] }
}
