import { refuse } from '@pf/contracts'
import type { HeldLakeRow } from '../domain/lake.ts'

type Placed = { row: Pick<HeldLakeRow, 'observed_at' | 'held_id'> }

/**
 * Newest first. The cursor is a place in that order, not a row: the page goes on from there, whatever came or was decided
 * since. Throws invalid_input for a cursor that is none.
 */
export function heldPage<T extends Placed>(
  found: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { page: T[]; next?: string } {
  const after = cursor === undefined ? undefined : placeOf(cursor)
  const rest = found
    .toSorted((a, b) => inOrder(a.row, b.row))
    .filter(({ row }) => after === undefined || inOrder(after, row) < 0)
  const page = rest.slice(0, limit)
  const last = rest.length > limit ? page.at(-1) : undefined
  return { page, ...(last && { next: cursorOf(last.row) }) }
}

const inOrder = (a: Placed['row'], b: Placed['row']): number =>
  compare(b.observed_at, a.observed_at) || compare(a.held_id, b.held_id)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const cursorOf = ({ observed_at, held_id }: Placed['row']): string =>
  Buffer.from(JSON.stringify([observed_at, held_id])).toString('base64url')

function placeOf(cursor: string): Placed['row'] {
  try {
    const said: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(said) && said.length === 2 && said.every((part) => typeof part === 'string')) {
      const [observed_at, held_id] = said as [string, string]
      if (!Number.isNaN(Date.parse(observed_at))) return { observed_at, held_id }
    }
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw refuse('invalid_input', 'The cursor is not one that we handed out; send next_cursor as it was.')
}
