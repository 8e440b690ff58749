import type { TransactionFilter } from '../api/types.ts'

type Values = { readonly [name: string]: string | undefined }

/** The filter's names in the URL; they are the API's. */
export const filterNames = [
  'date_from',
  'date_to',
  'account_id',
  'category',
  'direction',
  'status',
  'min_amount',
  'max_amount',
  'currency',
  'merchant',
  'figure',
  'q',
] as const

const day = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const amount = /^-?\d{1,15}(\.\d{1,4})?$/
const valid: Record<(typeof filterNames)[number], (value: string) => boolean> = {
  date_from: (value) => day.test(value),
  date_to: (value) => day.test(value),
  account_id: (value) => value.length <= 128,
  category: (value) => value.length <= 64,
  direction: (value) => value === 'in' || value === 'out',
  status: (value) => value === 'booked' || value === 'pending',
  min_amount: (value) => amount.test(value),
  max_amount: (value) => amount.test(value),
  currency: (value) => /^[A-Z]{3}$/.test(value),
  merchant: (value) => value.length <= 200,
  figure: (value) => value === 'spending' || value === 'cash_flow',
  q: (value) => value.length <= 200,
}

/** What a URL asks for. A value that the API would refuse is left out: an old or mangled link still shows rows. */
export function filterOf(params: Values): TransactionFilter {
  const known = filterNames.flatMap((name) => {
    const value = params[name]?.trim()
    if (value === undefined || !valid[name](value)) return []
    // Without a name is a merchant's name too; any other word left empty asks for nothing.
    return value !== '' || name === 'merchant' ? [[name, value]] : []
  })
  return Object.fromEntries(known) as TransactionFilter
}

/** For the router: every name, null where it is not set, so that merging also takes away. */
export function paramsOf(filter: TransactionFilter): Record<(typeof filterNames)[number], string | null> {
  return Object.fromEntries(
    filterNames.map((name) => [name, (name === 'merchant' ? filter[name] : filter[name] || null) ?? null]),
  ) as Record<(typeof filterNames)[number], string | null>
}

export const isFiltered = (filter: TransactionFilter): boolean => filterNames.some((name) => filter[name] !== undefined)
