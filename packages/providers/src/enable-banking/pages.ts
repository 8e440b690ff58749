import { isRecord, textOf } from '../normalise/fields.ts'

/** Beyond so many pages an answer is taken for a loop. */
export const MAX_PAGES = 100

export type Paging = { more: true; key: string } | { more: false; stopped?: string }

/** Whether another page follows this one (gocardless.md §11): the key once more, or too many, ends it; the rows are kept. */
export function pagingAfter(page: unknown, seen: ReadonlySet<string>): Paging {
  const key = isRecord(page) ? textOf(page, 'continuation_key') : ''
  if (key === '') return { more: false }
  if (seen.has(key)) return { more: false, stopped: 'CONTINUATION_KEY_REPEATED' }
  if (seen.size + 1 >= MAX_PAGES) return { more: false, stopped: 'TOO_MANY_PAGES' }
  return { more: true, key }
}
