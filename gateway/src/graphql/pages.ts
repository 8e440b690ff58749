import { decodeAfter, encodePlace, noCursor, type Place } from './cursors.ts'

export const defaultPage = 50
/** Things one by one. */
export const maxPage = 200
/** Rows of figures, which have no id: small, and drawn as one chart. */
export const maxFigures = 1000

type Row = Record<string, unknown>
/** A list as REST answers it. */
export type ListAnswer = { items: readonly object[]; next_cursor?: string }

export type Page = Record<string, unknown> & {
  nodes: readonly object[]
  edges: readonly { cursor: string; node: object }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

type Wanted = { first: number; after?: string | undefined }

/** A list that REST answers whole: cut here. */
export function cut(answer: ListAnswer, { first, after }: Wanted): Page {
  const place = after === undefined ? undefined : decodeAfter(after)
  if (typeof place === 'string') throw noCursor()
  const begin = place === undefined ? 0 : behind(answer.items, place)
  const rows = answer.items.slice(begin, begin + first)
  const cursorOf = (row: object, n: number) => encodePlace({ from: null, index: begin + n, key: keyOf(row) })
  return pageOf(answer, rows, {
    cursors: rows.map(cursorOf),
    hasNextPage: begin + rows.length < answer.items.length,
    hasPreviousPage: begin > 0,
  })
}

type Fetched = { from: string | null; answer: ListAnswer }

/** A list that its service cuts: at most two of its pages are read, where `after` stands within one. */
export async function turn(
  read: (cursor: string | undefined, limit: number) => Promise<ListAnswer>,
  { first, after }: Wanted,
): Promise<Page> {
  const place = after === undefined ? undefined : decodeAfter(after)
  const from = typeof place === 'object' ? place.from : (place ?? null)
  const answer = await read(from ?? undefined, typeof place === 'object' ? maxPage : first)
  const begin = typeof place === 'object' ? behind(answer.items, place) : 0
  const rows = placed({ from, answer }).slice(begin, begin + first)
  let hasNextPage = begin + rows.length < answer.items.length || answer.next_cursor !== undefined
  const missing = first - rows.length
  if (missing > 0 && answer.next_cursor !== undefined) {
    const more = await read(answer.next_cursor, missing)
    rows.push(...placed({ from: answer.next_cursor, answer: more }))
    hasNextPage = more.next_cursor !== undefined
  }
  const cursors = rows.map(({ cursor }) => cursor)
  const page = pageOf(
    answer,
    rows.map(({ row }) => row),
    { cursors, hasNextPage, hasPreviousPage: after !== undefined },
  )
  // As REST: totals are of a whole list, told where it begins.
  if (after !== undefined) delete page['totals']
  return page
}

/** Each row with its cursor: the last of a page has REST's own. */
function placed({ from, answer }: Fetched): { row: object; cursor: string }[] {
  return answer.items.map((row, index) => {
    const isLast = index === answer.items.length - 1
    const cursor = isLast && answer.next_cursor !== undefined ? answer.next_cursor : undefined
    return { row, cursor: cursor ?? encodePlace({ from, index, key: keyOf(row) }) }
  })
}

/** Where the list goes on: behind the row that is meant, wherever it stands by now, or where it stood. */
function behind(items: readonly object[], { index, key }: Place): number {
  const at = items.findIndex((row) => keyOf(row) === key)
  return at >= 0 ? at + 1 : Math.max(0, Math.min(index, items.length))
}

/** What a row is about: its id, or of a row of figures everything but the figures. */
function keyOf(row: object): string {
  const { id } = row as Row
  if (typeof id === 'string') return id
  return JSON.stringify(Object.values(row).filter((value) => typeof value === 'string' || value === null))
}

function pageOf(
  { items: _, next_cursor: __, ...beside }: ListAnswer,
  nodes: readonly object[],
  { cursors, ...info }: { cursors: string[]; hasNextPage: boolean; hasPreviousPage: boolean },
): Page {
  return {
    ...beside,
    nodes,
    edges: nodes.map((node, n) => ({ node, cursor: cursors[n] ?? '' })),
    pageInfo: { ...info, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null },
  }
}
