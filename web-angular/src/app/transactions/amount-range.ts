import type { TransactionFilter } from '../api/types.ts'
import { formatCount } from '../ui/format.ts'

/** Amounts as a person says them, without a sign: "out, from 10 to 50". The API's are signed, money out negative. */
export type AmountRange = { direction: 'in' | 'out'; least?: string; most?: string }

const turned = (amount: string): string =>
  amount.startsWith('-') ? amount.slice(1) : Number(amount) === 0 ? amount : `-${amount}`

/** What a filter says of amounts; undefined where it says nothing. */
export function amountRangeOf(filter: TransactionFilter): AmountRange | undefined {
  const { min_amount: low, max_amount: high } = filter
  if (low === undefined && high === undefined) return undefined
  const direction = filter.direction ?? ((low ?? high)?.startsWith('-') ? 'out' : 'in')
  const [least, most] = direction === 'in' ? [low, high] : [high && turned(high), low && turned(low)]
  return { direction, ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) }
}

/** The same as a filter; without amounts it still says which way the money went. */
export function filterOfAmounts({ direction, least, most }: AmountRange): TransactionFilter {
  return direction === 'in'
    ? { direction, min_amount: least, max_amount: most }
    : { direction, min_amount: most && turned(most), max_amount: least && turned(least) }
}

/** Another direction of a filter: its amounts turn with it, and without a direction there are none. */
export function directed(filter: TransactionFilter, direction: 'in' | 'out' | undefined): TransactionFilter {
  const range = amountRangeOf(filter)
  if (range === undefined) return { direction }
  return direction === undefined
    ? { direction, min_amount: undefined, max_amount: undefined }
    : filterOfAmounts({ ...range, direction })
}

export type AmountWords = {
  between: (low: string, high: string) => string
  from: (low: string) => string
  upTo: (high: string) => string
}

export function amountText({ least, most }: AmountRange, words: AmountWords): string {
  const [low, high] = [least, most].map((one) => (one === undefined ? undefined : formatCount(Number(one))))
  if (low !== undefined && high !== undefined) return words.between(low, high)
  return low === undefined ? words.upTo(high ?? '') : words.from(low)
}
