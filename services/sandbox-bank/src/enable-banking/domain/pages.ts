const FEWEST_ROWS = 100
/** A client gives up after a hundred pages: the bank makes them larger before there are so many. */
const MOST_FULL_PAGES = 48
/** Where there are several pages this one is empty and has a key all the same (gocardless.md §11). */
const EMPTY_PAGE = 1

/** Which rows stand on a page, and whether another follows; null for a page that there is none of. */
export function pageOf(rows: number, page: number): { from: number; to: number; isLast: boolean } | null {
  const size = Math.max(FEWEST_ROWS, Math.ceil(rows / MOST_FULL_PAGES))
  if (rows <= size) return page === 0 ? { from: 0, to: rows, isLast: true } : null
  if (page === EMPTY_PAGE) return { from: size, to: size, isLast: false }
  const from = (page < EMPTY_PAGE ? page : page - 1) * size
  if (from >= rows) return null
  return { from, to: Math.min(rows, from + size), isLast: from + size >= rows }
}
