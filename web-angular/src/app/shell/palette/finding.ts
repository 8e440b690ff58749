import type { IconName } from '../../ui/icons.ts'

export type Group = 'pages' | 'accounts' | 'categories' | 'rows' | 'actions'

/** Something that can be gone to (`to`, with `query`) or done (`run`). */
export type Item = {
  id: string
  group: Group
  icon: IconName
  text: string
  /** A second, quieter line: whose account, which day. */
  hint?: string
  /** Other words it is found by. */
  also?: string
  to?: string
  query?: Record<string, string>
  run?: () => void | Promise<void>
}

const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** 0: the name begins so; 1: one of its words does; 2: it is somewhere in it, or in what else it is called. */
function rank(item: Item, words: readonly string[]): number | undefined {
  const text = plain(item.text)
  const all = `${text} ${plain(`${item.hint ?? ''} ${item.also ?? ''}`)}`
  if (!words.every((word) => all.includes(word))) return undefined
  const [first = ''] = words
  if (text.startsWith(first)) return 0
  return text.split(/\s+/).some((one) => one.startsWith(first)) ? 1 : 2
}

/** Every word has to be there; accents and case do not count. Best first, and in the order given among equals. */
export function finding(items: readonly Item[], query: string): Item[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...items]
  return items
    .flatMap((item) => {
      const at = rank(item, words)
      return at === undefined ? [] : [{ item, at }]
    })
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Groups in the order in which their best item stands, each with its items in theirs. */
export function grouped(items: readonly Item[]): { group: Group; items: Item[] }[] {
  return [...Map.groupBy(items, (item) => item.group)].map(([group, some]) => ({ group, items: some }))
}
